import type { IIoK8sApiCoreV1Container as Container } from "kubernetes-models/v1/Container";
import { containerName } from "../engine/container-options.ts";
import type { Deployment } from "./deployment.ts";
import { portsOf } from "./ports.ts";

export const VPN_IMAGE = "qmcgaw/gluetun:v3.41.1";

/** The namespace's label without which Pod Security admits neither NET_ADMIN nor the node's device. */
export const VPN_LABEL = "pod-security.kubernetes.io/enforce=privileged";

/** The node's device that tunnels are made of. */
export const VPN_VOLUME = { name: "tun", hostPath: { path: "/dev/net/tun", type: "CharDevice" } } as const;

/** WireGuard's port, the only one that the tunnel needs to the outside. */
export const VPN_TUNNEL_PORT = 51820;

/** Where gluetun tells whether the tunnel is up. */
const HEALTH_PORT = 9999;

/** Networks of clusters: answers to them bypass the tunnel. */
const CLUSTER_NETWORKS = "10.0.0.0/8,172.16.0.0/12";

/** Name of the Secret with gluetun's own variables, which all sessions of a workspace share. */
export function vpnSecretOf({ workspace }: Deployment): string {
  return `${containerName(workspace.name)}-vpn`;
}

/**
 * gluetun beside the workspace: it routes all of the pod's traffic through a tunnel, and blocks it when the tunnel is
 * down. As a sidecar (an init container that keeps running, Kubernetes 1.29) it starts first, and the workspace once
 * the tunnel is up. It is the pod's only container that runs as root.
 */
export function renderVpnContainer(deployment: Deployment): Container {
  const health = { httpGet: { path: "/", port: HEALTH_PORT }, timeoutSeconds: 5 };
  return {
    name: "vpn",
    image: VPN_IMAGE,
    restartPolicy: "Always",
    env: Object.entries(settings(deployment)).map(([name, value]) => ({ name, value })),
    // Provider and key: gluetun's own variables.
    envFrom: [{ secretRef: { name: vpnSecretOf(deployment) } }],
    resources: {
      requests: { cpu: "100m", memory: "128Mi" },
      limits: { cpu: "500m", memory: "384Mi" },
    },
    securityContext: {
      runAsNonRoot: false,
      runAsUser: 0,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"], add: ["NET_ADMIN", "MKNOD"] },
    },
    startupProbe: { ...health, periodSeconds: 5, failureThreshold: 36 },
    livenessProbe: { ...health, periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 5 },
    volumeMounts: [{ name: VPN_VOLUME.name, mountPath: VPN_VOLUME.hostPath.path }],
  };
}

function settings(deployment: Deployment): Readonly<Record<string, string>> {
  const ports = portsOf(deployment).map(({ port }) => port);
  return {
    FIREWALL_INPUT_PORTS: [...ports, HEALTH_PORT].join(","),
    FIREWALL_OUTBOUND_SUBNETS: CLUSTER_NETWORKS,
    HEALTH_SERVER_ADDRESS: `:${HEALTH_PORT}`,
    // Plain DNS, but through the tunnel.
    DOT: "off",
    DNS_ADDRESS: "1.1.1.1",
  };
}
