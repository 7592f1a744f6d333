import type { ICiliumNetworkPolicy } from "@kubernetes-models/cilium/cilium.io/v2/CiliumNetworkPolicy";
import type { IStatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import type { IService } from "kubernetes-models/v1/Service";
import { mountsOf } from "../engine/shape.ts";
import { fieldsIf, itemsIf } from "./choice.ts";
import type { Deployment } from "./deployment.ts";
import { labelsOf, metadataOf } from "./metadata.ts";
import { renderCiliumPolicy, renderNetworkPolicy } from "./network-policy.ts";
import { renderPod } from "./pod.ts";
import { DESKTOP_PORT, launcherPorts, type NamedPort, SIDE_PORTS } from "./ports.ts";

/** The objects of a workspace in a cluster. */
export interface Objects {
  readonly statefulSet: IStatefulSet;
  readonly service: IService;
  readonly networkPolicy: INetworkPolicy;
  readonly ciliumPolicy: ICiliumNetworkPolicy;
}

/** All objects that a deployment can have; which policy of the two is wanted is for the caller. */
export function renderObjects(deployment: Deployment): Objects {
  return {
    service: renderService(deployment),
    statefulSet: renderStatefulSet(deployment),
    networkPolicy: renderNetworkPolicy(deployment),
    ciliumPolicy: renderCiliumPolicy(deployment),
  };
}

function renderService(deployment: Deployment): IService {
  const { workspace, sidePorts, chart } = deployment;
  const ports = itemsIf(sidePorts, SIDE_PORTS.map(servicePort));
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadataOf(deployment),
    spec: {
      ...(chart === undefined ? {} : { type: chart.serviceType as "ClusterIP" }),
      selector: labelsOf(deployment),
      ports: [servicePort(DESKTOP_PORT), ...ports, ...launcherPorts(workspace).map(servicePort)],
    },
  };
}

/** A StatefulSet and no Deployment: two pods must never have the same home. */
function renderStatefulSet(deployment: Deployment): IStatefulSet {
  const { workspace, persistent } = deployment;
  const claims = mountsOf(workspace.volumes).map(({ name }) => claim(deployment, name));
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: metadataOf(deployment),
    spec: {
      replicas: 1,
      serviceName: deployment.name,
      selector: { matchLabels: labelsOf(deployment) },
      template: {
        metadata: { labels: metadataOf(deployment).labels },
        spec: renderPod(deployment),
      },
      ...fieldsIf(persistent, { volumeClaimTemplates: claims }),
    },
  };
}

function claim({ storage, chart }: Deployment, name: string) {
  return {
    apiVersion: "v1" as const,
    kind: "PersistentVolumeClaim" as const,
    metadata: { name },
    spec: {
      accessModes: ["ReadWriteOnce" as const],
      ...(chart && fieldsIf(chart.storageClass.choice, { storageClassName: chart.storageClass.name })),
      resources: { requests: { storage } },
    },
  };
}

function servicePort({ name, port }: NamedPort) {
  return { name, port, targetPort: name, protocol: "TCP" as const };
}
