import type { ICiliumNetworkPolicy } from "@kubernetes-models/cilium/cilium.io/v2/CiliumNetworkPolicy";
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import type { INetworkPolicyPeer } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer";
import { fieldsIf, itemsFor, itemsIf } from "./choice.ts";
import type { Deployment } from "./deployment.ts";
import { labelsOf, metadataOf } from "./metadata.ts";
import { DESKTOP_PORT, launcherPorts, type NamedPort, SIDE_PORTS, VPN_TUNNEL_PORT } from "./ports.ts";

/**
 * Who may reach the pod: the desktop, which asks for a password, is open to all; the launcher, which speaks plain HTTP, to
 * the chosen namespaces only. With a tunnel, the pod reaches nothing but names and the tunnel's other end.
 */
export function renderNetworkPolicy(deployment: Deployment): INetworkPolicy {
  const { workspace, sidePorts, vpn, launcherFrom } = deployment;
  const launcher = launcherPorts(workspace);
  const from = itemsFor<INetworkPolicyPeer>(launcherFrom, namespace, { podSelector: {} });
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: metadataOf(deployment),
    spec: {
      podSelector: { matchLabels: labelsOf(deployment) },
      policyTypes: ["Ingress", ...itemsIf<"Egress">(vpn, ["Egress"])],
      ingress: [
        { ports: [tcp(DESKTOP_PORT), ...itemsIf(sidePorts, SIDE_PORTS.map(tcp))] },
        ...launcher.map((port) => ({ from, ports: [tcp(port)] })),
      ],
      ...fieldsIf(vpn, {
        egress: [
          { to: [{ namespaceSelector: {}, podSelector: { matchLabels: CLUSTER_DNS } }], ports: [...DNS] },
          { ports: [{ port: VPN_TUNNEL_PORT, protocol: "UDP" }] },
        ],
      }),
    },
  };
}

/** The same for Cilium, which counts the nodes to no namespace and knows the world by name. */
export function renderCiliumPolicy(deployment: Deployment): ICiliumNetworkPolicy {
  const { workspace, sidePorts, vpn, launcherFrom } = deployment;
  const from = itemsFor<{ matchLabels?: Record<string, string> }>(launcherFrom, ciliumNamespace, {});
  const open = [ciliumTcp(DESKTOP_PORT), ...itemsIf(sidePorts, SIDE_PORTS.map(ciliumTcp))];
  return {
    apiVersion: "cilium.io/v2",
    kind: "CiliumNetworkPolicy",
    metadata: metadataOf(deployment),
    spec: {
      endpointSelector: { matchLabels: labelsOf(deployment) },
      ingress: [
        { fromEntities: ["all"], toPorts: [{ ports: open }] },
        ...launcherPorts(workspace).map((port) => ({
          fromEndpoints: from,
          toPorts: [{ ports: [ciliumTcp(port)] }],
        })),
      ],
      ...fieldsIf(vpn, {
        egress: [
          {
            toEndpoints: [{ matchLabels: { ...ciliumNamespace("kube-system").matchLabels, ...CLUSTER_DNS } }],
            toPorts: [{ ports: DNS.map(({ port, protocol }) => ({ port: String(port), protocol })) }],
          },
          {
            toEntities: ["world"],
            toPorts: [{ ports: [{ port: String(VPN_TUNNEL_PORT), protocol: "UDP" }] }],
          },
        ],
      }),
    },
  };
}

/** What every cluster's own name servers are labelled with. */
const CLUSTER_DNS = { "k8s-app": "kube-dns" };

const DNS = [
  { port: 53, protocol: "UDP" },
  { port: 53, protocol: "TCP" },
] as const;

function namespace(name: string) {
  return { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } };
}

function ciliumNamespace(name: string) {
  return { matchLabels: { "k8s:io.kubernetes.pod.namespace": name } };
}

function tcp({ port }: NamedPort) {
  return { port, protocol: "TCP" as const };
}

function ciliumTcp({ port }: NamedPort) {
  return { port: String(port), protocol: "TCP" as const };
}
