import { containerName } from "../engine/container-options.ts";
import type { ResolvedWorkspace } from "../model/resolve.ts";
import { bytesOf } from "../model/size.ts";

/** What the command line decides about a deployment. */
export interface DeploymentOptions {
  /** Image with its tag or digest. */
  readonly image: string;
  /** Size of the home and of each other volume, as in the model: `10GiB`. */
  readonly storage: string;
  /** Whether the ports of Kasm's own page can be reached. */
  readonly sidePorts: boolean;
  /** Whether all traffic goes through a tunnel. */
  readonly vpn: boolean;
  /** Whether the cluster chooses the user id, as OpenShift does. */
  readonly anyUid: boolean;
  /** Whether the network policy is Cilium's. */
  readonly cilium: boolean;
  /** Resource of a device plugin of which the desktop gets one: `nvidia.com/gpu`. @default none */
  readonly gpu?: string | undefined;
  /** Namespaces that reach the launcher; when empty, the workspace's own. */
  readonly launcherFrom: readonly string[];
}

/** A workspace as it is deployed on a cluster. */
export interface Deployment extends DeploymentOptions {
  readonly workspace: ResolvedWorkspace;
}

/** The name of the deployment, of all its objects and of its Secret. */
export function nameOf({ workspace }: Deployment): string {
  return containerName(workspace.name);
}

/** Name and labels of an object. */
export function metadataOf(deployment: Deployment) {
  const labels = { ...labelsOf(deployment), "app.kubernetes.io/part-of": "kasmix" };
  return { name: nameOf(deployment), labels };
}

/** Labels that select the deployment's pod. They never change: a StatefulSet's selector is immutable. */
export function labelsOf(deployment: Deployment) {
  const name = nameOf(deployment);
  return { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": name };
}

/**
 * Requests and limits: the model has the limits; half of them is requested, so that a node has room for idle desktops. A
 * GPU is always whole.
 */
export function resourcesOf({ workspace, gpu }: Deployment) {
  const { memory, cpus } = workspace.resources;
  return {
    requests: {
      cpu: `${Math.round(cpus * 500)}m`,
      memory: `${Math.ceil(bytesOf(memory) / 1024 ** 2 / 2)}Mi`,
    },
    limits: {
      cpu: `${Math.round(cpus * 1000)}m`,
      memory: quantity(memory),
      ...(gpu === undefined ? {} : { [gpu]: "1" }),
    },
  };
}

/** A size of the model as Kubernetes writes it: `2GiB` is `2Gi`. */
export function quantity(size: string): string {
  return size.replace(/B$/, "");
}
