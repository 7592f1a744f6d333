import type { IIoK8sApiCoreV1Container as Container } from "kubernetes-models/v1/Container";
import type { IIoK8sApiCoreV1EnvVar as Variable } from "kubernetes-models/v1/EnvVar";
import type { IIoK8sApiCoreV1PodSpec as PodSpec } from "kubernetes-models/v1/PodSpec";
import type { IIoK8sApiCoreV1Probe as Probe } from "kubernetes-models/v1/Probe";
import { mountsOf } from "../engine/container-options.ts";
import { type Deployment, quantity, resourcesOf, secretOf } from "./deployment.ts";
import { DESKTOP_PORT, launcherPort, portsOf } from "./ports.ts";
import { renderVpnContainer, VPN_VOLUME } from "./vpn.ts";

/**
 * The pod of a workspace: as few rights as it needs, a read-only root, and memory for /dev/shm. The grace period covers
 * the supervisor's own stop, which takes at most 8.5 s (docs/internals/supervision.md).
 */
export function renderPod(deployment: Deployment): PodSpec {
  const { workspace, vpn, anyUid } = deployment;
  return {
    // The desktop uses neither Kubernetes' variables for each Service nor its API.
    enableServiceLinks: false,
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 30,
    securityContext: podRights(anyUid),
    ...(vpn ? { initContainers: [renderVpnContainer(deployment)] } : {}),
    containers: [renderContainer(deployment)],
    volumes: [
      {
        name: "dshm",
        emptyDir: { medium: "Memory", sizeLimit: quantity(workspace.resources.sharedMemory) },
      },
      { name: "tmp", emptyDir: {} },
      ...(vpn ? [VPN_VOLUME] : []),
    ],
  };
}

/** Without user ids where the cluster chooses them. */
export function podRights(anyUid: boolean) {
  return {
    runAsNonRoot: true,
    ...(anyUid ? {} : { runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 }),
    fsGroupChangePolicy: "OnRootMismatch" as const,
    seccompProfile: { type: "RuntimeDefault" as const },
  };
}

export function containerRights() {
  return { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } };
}

/**
 * The probes, at the gateway's health addresses. The startup probe succeeds as soon as the gateway listens: a desktop that
 * starts slowly, or needs a repair by hand, must not be killed for it.
 */
export function probesOf() {
  const probe = (path: string, times: Probe): Probe => ({
    httpGet: { path, port: DESKTOP_PORT.name, scheme: "HTTPS" },
    ...times,
  });
  return {
    startupProbe: probe("/healthz", { periodSeconds: 2, timeoutSeconds: 3, failureThreshold: 60 }),
    readinessProbe: probe("/readyz", { periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3 }),
    livenessProbe: probe("/healthz", { periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 3 }),
  };
}

function renderContainer(deployment: Deployment): Container {
  const { workspace, image } = deployment;
  return {
    name: "workspace",
    image,
    env: [...secrets(deployment), ...settings(deployment)],
    ports: portsOf(deployment).map(({ name, port }) => ({ name, containerPort: port, protocol: "TCP" })),
    resources: resourcesOf(deployment),
    securityContext: containerRights(),
    ...probesOf(),
    volumeMounts: [
      ...mountsOf(workspace.volumes).map(({ name, path }) => ({ name, mountPath: path })),
      { name: "dshm", mountPath: "/dev/shm" },
      // Everything the runtime writes outside of the home: sockets, logs, the ready flag.
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
}

/** Variables from the Secret, of which only the password is required. */
function secrets(deployment: Deployment): Variable[] {
  const variable = (name: string, optional: object): Variable => ({
    name,
    valueFrom: { secretKeyRef: { name: secretOf(deployment), key: name, ...optional } },
  });
  const others = ["VNC_VIEW_ONLY_PW", ...(launcherPort(deployment.workspace) ? ["URL_LAUNCHER_TOKEN"] : [])];
  return [variable("VNC_PW", {}), ...others.map((name) => variable(name, { optional: true }))];
}

/** Where the launcher listens; how the desktop of a session is reached, and when it ends. */
function settings({ workspace, session }: Deployment): Variable[] {
  const launcher = launcherPort(workspace);
  // Where Service and policy expect it, whatever the image says.
  const values = { ...(launcher && { NAV_SHIM_PORT: String(launcher.port) }), ...session?.environment };
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}
