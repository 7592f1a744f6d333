import type { IStatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import type { IService } from "kubernetes-models/v1/Service";
import { mountsOf } from "../engine/container-options.ts";
import { type Deployment, labelsOf, metadataOf, nameOf, quantity } from "./deployment.ts";
import { renderCiliumPolicy, renderNetworkPolicy } from "./network-policy.ts";
import { renderPod } from "./pod.ts";
import { type NamedPort, portsOf } from "./ports.ts";
import type { KubernetesObject } from "./validate.ts";

/** A deployment's objects in the order in which they should be created. */
export function renderObjects(deployment: Deployment): KubernetesObject[] {
  const policy = deployment.cilium ? renderCiliumPolicy(deployment) : renderNetworkPolicy(deployment);
  return [policy, renderService(deployment), renderStatefulSet(deployment)];
}

function renderService(deployment: Deployment): IService {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadataOf(deployment),
    spec: { selector: labelsOf(deployment), ports: portsOf(deployment).map(servicePort) },
  };
}

/** A StatefulSet rather than a Deployment: two pods must never share a home. */
function renderStatefulSet(deployment: Deployment): IStatefulSet {
  const { workspace, storage } = deployment;
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: metadataOf(deployment),
    spec: {
      replicas: 1,
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
    spec: { accessModes: ["ReadWriteOnce" as const], resources: { requests: { storage } } },
  };
}

function servicePort({ name, port }: NamedPort) {
  return { name, port, targetPort: name, protocol: "TCP" as const };
}
