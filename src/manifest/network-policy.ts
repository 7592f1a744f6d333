import type { ICiliumNetworkPolicy } from "@kubernetes-models/cilium/cilium.io/v2/CiliumNetworkPolicy";
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { type Deployment, labelsOf, metadataOf } from "./deployment.ts";
import { launcherPort, type NamedPort, publicPorts } from "./ports.ts";
import { VPN_TUNNEL_PORT } from "./vpn.ts";

/**
 * Who may reach the pod: the desktop, which asks for a password, is open to everyone; the launcher, which speaks plain
 * HTTP, only to the chosen namespaces. With a tunnel, the pod reaches nothing but name servers and the tunnel's other
 * end.
 */
export function renderNetworkPolicy(deployment: Deployment): INetworkPolicy {
  const { workspace, vpn, launcherFrom } = deployment;
  const launcher = launcherPort(workspace);
  const from = launcherFrom.length === 0 ? [{ podSelector: {} }] : launcherFrom.map(namespace);
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: metadataOf(deployment),
    spec: {
      podSelector: { matchLabels: labelsOf(deployment) },
      policyTypes: ["Ingress", ...(vpn ? (["Egress"] as const) : [])],
      ingress: [
        { ports: publicPorts(deployment).map(tcp) },
        ...(launcher ? [{ from, ports: [tcp(launcher)] }] : []),
      ],
      ...(vpn && {
        egress: [
          { to: [{ namespaceSelector: {}, podSelector: { matchLabels: CLUSTER_DNS } }], ports: [...DNS] },
          { ports: [{ port: VPN_TUNNEL_PORT, protocol: "UDP" }] },
        ],
      }),
    },
  };
}

/** The same for Cilium, where nodes belong to no namespace and the world outside has a name. */
export function renderCiliumPolicy(deployment: Deployment): ICiliumNetworkPolicy {
  const { workspace, vpn, launcherFrom } = deployment;
  const launcher = launcherPort(workspace);
  const from = launcherFrom.length === 0 ? [{}] : launcherFrom.map(ciliumNamespace);
  return {
    apiVersion: "cilium.io/v2",
    kind: "CiliumNetworkPolicy",
    metadata: metadataOf(deployment),
    spec: {
      endpointSelector: { matchLabels: labelsOf(deployment) },
      ingress: [
        { fromEntities: ["all"], toPorts: [{ ports: publicPorts(deployment).map(ciliumTcp) }] },
        ...(launcher ? [{ fromEndpoints: from, toPorts: [{ ports: [ciliumTcp(launcher)] }] }] : []),
      ],
      ...(vpn && {
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

/** The label of every cluster's own name servers. */
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
