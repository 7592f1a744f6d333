import type { Deployment } from "./deployment.ts";
import { renderObjects } from "./objects.ts";
import { type KubernetesObject, validateObjects } from "./validate.ts";
import { renderYaml } from "./yaml.ts";

/**
 * A deployment's objects as one YAML file for `kubectl apply`, with what has to be done before in its head. Throws
 * E_MODEL when Kubernetes' own schemas find something wrong.
 */
export function renderKubernetes(deployment: Deployment): string {
  const objects = chosenObjects(deployment);
  validateObjects(objects);
  return renderYaml(objects, [
    "Made by kasmix manifest. The password first:",
    "",
    ...secretCommands(deployment).map((line) => `  ${line}`),
  ]);
}

/** The objects that were asked for, in the order in which they should come. */
export function chosenObjects(deployment: Deployment): KubernetesObject[] {
  const { service, statefulSet, networkPolicy, ciliumPolicy } = renderObjects(deployment);
  return [
    ...(deployment.networkPolicy ? [networkPolicy] : []),
    ...(deployment.ciliumPolicy ? [ciliumPolicy] : []),
    service,
    statefulSet,
  ];
}

/** What makes the Secrets. The password comes by a pipe: arguments can be read by all on the machine. */
export function secretCommands({
  secret,
  vpn,
  vpnSecret,
}: Pick<Deployment, "secret" | "vpn" | "vpnSecret">): string[] {
  const password = `openssl rand -base64 18 | tr -d '\\n' | kubectl create secret generic ${secret} --from-file=VNC_PW=/dev/stdin`;
  // VPN_SERVICE_PROVIDER, VPN_TYPE=wireguard, WIREGUARD_PRIVATE_KEY and so on, as gluetun's manual has them.
  const tunnel = `kubectl create secret generic ${vpnSecret} --from-env-file=vpn.env`;
  return vpn === false ? [password] : [password, tunnel];
}
