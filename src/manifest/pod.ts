import type { IIoK8sApiCoreV1Container as Container } from "kubernetes-models/v1/Container";
import type { IIoK8sApiCoreV1EnvVar as Variable } from "kubernetes-models/v1/EnvVar";
import type { IIoK8sApiCoreV1PodSpec as PodSpec } from "kubernetes-models/v1/PodSpec";
import type { IIoK8sApiCoreV1Probe as Probe } from "kubernetes-models/v1/Probe";
import { mountsOf } from "../engine/shape.ts";
import { fieldsIf, itemsIf, not } from "./choice.ts";
import type { Deployment } from "./deployment.ts";
import { DESKTOP_PORT, launcherPorts, type NamedPort, SIDE_PORTS } from "./ports.ts";
import { renderVpnContainer, VPN_VOLUME } from "./vpn.ts";

/**
 * The pod of a workspace: as few rights as it needs, a root that cannot be written, and memory for /dev/shm. Its own
 * stop takes at most 8.5 s (docs/internals/supervision.md), which the grace period has to cover.
 */
export function renderPod(deployment: Deployment): PodSpec {
  const { vpn, persistent, anyUid, sharedMemory, chart } = deployment;
  const names = mountsOf(deployment.workspace.volumes).map(({ name }) => name);
  return {
    // Kubernetes' variables for each Service are none of the desktop's business, nor is the API.
    enableServiceLinks: false,
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 30,
    securityContext: {
      runAsNonRoot: true,
      ...fieldsIf(not(anyUid), { runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 }),
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    },
    ...chart?.podFields,
    ...fieldsIf(vpn, { initContainers: [renderVpnContainer(deployment)] }),
    containers: [renderContainer(deployment)],
    volumes: [
      { name: "dshm", emptyDir: { medium: "Memory", sizeLimit: sharedMemory } },
      { name: "tmp", emptyDir: {} },
      ...itemsIf(
        not(persistent),
        names.map((name) => ({ name, emptyDir: {} })),
      ),
      ...itemsIf(vpn, [VPN_VOLUME]),
    ],
  };
}

function renderContainer(deployment: Deployment): Container {
  const { workspace, image, sidePorts, resources, chart } = deployment;
  return {
    name: "workspace",
    image,
    ...(chart === undefined ? {} : { imagePullPolicy: chart.pullPolicy as "Always" }),
    env: [...secrets(deployment), ...(chart?.environment ?? [])],
    ports: [
      containerPort(DESKTOP_PORT),
      ...itemsIf(sidePorts, SIDE_PORTS.map(containerPort)),
      ...launcherPorts(workspace).map(containerPort),
    ],
    resources,
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    ...probes(deployment),
    volumeMounts: [
      ...mountsOf(workspace.volumes).map(({ name, path }) => ({ name, mountPath: path })),
      { name: "dshm", mountPath: "/dev/shm" },
      // All that the runtime writes outside of the home: sockets, logs, the ready flag.
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
}

/** Only the password has to be there. */
function secrets({ secret, workspace }: Deployment): Variable[] {
  const others = ["VNC_VIEW_ONLY_PW", ...(workspace.launcher === undefined ? [] : ["URL_LAUNCHER_TOKEN"])];
  const from = (name: string, optional: object): Variable => ({
    name,
    valueFrom: { secretKeyRef: { name: secret, key: name, ...optional } },
  });
  return [from("VNC_PW", {}), ...others.map((name) => from(name, { optional: true }))];
}

function containerPort({ name, port }: NamedPort) {
  return { name, containerPort: port, protocol: "TCP" as const };
}

/**
 * The gateway's health addresses need no password, so that no probe counts as a failed login. KasmVNC has no such
 * address: there, that the port listens has to do. The start is over when the process lives, not when the desktop is
 * there: a desktop that is slow to come, or that has to be repaired by hand, must not be killed for it.
 */
function probes({ workspace }: Deployment) {
  const probe = (path: string, times: Probe): Probe =>
    workspace.display.server === "kasmvnc"
      ? { tcpSocket: { port: DESKTOP_PORT.name }, ...times }
      : { httpGet: { path, port: DESKTOP_PORT.name, scheme: "HTTPS" }, ...times };
  return {
    startupProbe: probe("/healthz", { periodSeconds: 2, timeoutSeconds: 3, failureThreshold: 60 }),
    readinessProbe: probe("/readyz", { periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3 }),
    livenessProbe: probe("/healthz", { periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 3 }),
  };
}
