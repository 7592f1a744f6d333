import type { IIoK8sApiCoreV1Container as Container } from "kubernetes-models/v1/Container";
import { textIf } from "./choice.ts";
import type { Deployment } from "./deployment.ts";
import { DESKTOP_PORT, launcherPorts, SIDE_PORTS, VPN_HEALTH_PORT } from "./ports.ts";

const IMAGE = "qmcgaw/gluetun:v3.41.1";

/** The device that a tunnel is made of, out of the node. */
export const VPN_VOLUME = { name: "tun", hostPath: { path: "/dev/net/tun", type: "CharDevice" } } as const;

/** Networks of clusters: answers to them do not go through the tunnel. */
const CLUSTER_NETWORKS = "10.0.0.0/8,172.16.0.0/12";

/**
 * gluetun beside the workspace: it takes the pod's whole traffic through a tunnel, and lets nothing out when that
 * falls. As an init container that goes on running it is there first, and the workspace starts when the tunnel
 * stands; that takes Kubernetes 1.29. It is the one container of the pod that is root.
 */
export function renderVpnContainer(deployment: Deployment): Container {
  const health = { httpGet: { path: "/", port: VPN_HEALTH_PORT }, timeoutSeconds: 5 };
  return {
    name: "vpn",
    image: IMAGE,
    restartPolicy: "Always",
    env: Object.entries(settings(deployment)).map(([name, value]) => ({ name, value })),
    // Provider and key: gluetun's own variables.
    envFrom: [{ secretRef: { name: deployment.vpnSecret } }],
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

function settings({ workspace, sidePorts }: Deployment): Readonly<Record<string, string>> {
  const always = [DESKTOP_PORT, ...launcherPorts(workspace)].map(({ port }) => port);
  const side = SIDE_PORTS.map(({ port }) => `,${port}`).join("");
  return {
    FIREWALL_INPUT_PORTS: `${[...always, VPN_HEALTH_PORT].join(",")}${textIf(sidePorts, side)}`,
    FIREWALL_OUTBOUND_SUBNETS: CLUSTER_NETWORKS,
    HEALTH_SERVER_ADDRESS: `:${VPN_HEALTH_PORT}`,
    // Plain DNS, but through the tunnel.
    DOT: "off",
    DNS_ADDRESS: "1.1.1.1",
  };
}
