import type { IStatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import type { IService } from "kubernetes-models/v1/Service";
import { mountsOf } from "../engine/container-options.ts";
import { type Deployment, labelsOf, metadataOf, nameOf, quantity } from "./deployment.ts";
import { renderCiliumPolicy, renderNetworkPolicy } from "./network-policy.ts";
import { renderPod } from "./pod.ts";
import { DESKTOP_PORT, type NamedPort, portsOf } from "./ports.ts";
import { renderRoute } from "./route.ts";
import type { KubernetesObject } from "./validate.ts";

/** A deployment's objects in the order in which they should be created. */
export function renderObjects(deployment: Deployment): KubernetesObject[] {
  const policy = deployment.cilium ? renderCiliumPolicy(deployment) : renderNetworkPolicy(deployment);
  return [policy, renderService(deployment), renderStatefulSet(deployment), ...renderRoute(deployment)];
}

function renderService(deployment: Deployment): IService {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadataOf(deployment),
    spec: {
      selector: labelsOf(deployment),
      ports: portsOf(deployment).map((port) => ({ ...servicePort(port), ...protocolOf(port, deployment) })),
    },
  };
}

/** A StatefulSet rather than a Deployment: two pods must never share a home. */
function renderStatefulSet(deployment: Deployment): IStatefulSet {
  const { workspace, storage, session } = deployment;
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: metadataOf(deployment),
    spec: {
      // KEDA sets the number of a desktop that stops by itself.
      ...(session?.route?.idle === undefined ? { replicas: 1 } : {}),
      // A new image waits for the next start, because it would end what people do.
      ...(session === undefined ? {} : { updateStrategy: { type: "OnDelete" } }),
      serviceName: nameOf(deployment),
      selector: { matchLabels: labelsOf(deployment) },
      template: {
        metadata: { labels: metadataOf(deployment).labels },
        spec: renderPod(deployment),
      },
      volumeClaimTemplates: mountsOf(workspace.volumes).map(({ name }) => claim(name, quantity(storage))),
    },
  };
}

function claim(name: string, storage: string) {
  return {
    apiVersion: "v1" as const,
    kind: "PersistentVolumeClaim" as const,
    metadata: { name },
    // Mode and status are what a server adds: kubectl compares claims as a whole, and would always find a change.
    status: { phase: "Pending" as const },
    spec: {
      accessModes: ["ReadWriteOnce" as const],
      volumeMode: "Filesystem" as const,
      resources: { requests: { storage } },
    },
  };
}

function servicePort({ name, port }: NamedPort) {
  return { name, port, targetPort: name, protocol: "TCP" as const };
}

/** Some Gateways pass on WebSockets only to a port that says so. */
function protocolOf(port: NamedPort, { session }: Deployment) {
  const behindGateway = port === DESKTOP_PORT && session?.route !== undefined;
  return behindGateway ? { appProtocol: "kubernetes.io/ws" } : {};
}
