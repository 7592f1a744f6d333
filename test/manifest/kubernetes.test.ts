import { expect, it } from "vitest";
import { deploymentOf } from "../../src/manifest/deployment.ts";
import { renderKubernetes } from "../../src/manifest/kubernetes.ts";
import { SIDE_PORTS } from "../../src/manifest/ports.ts";
import { sidePorts } from "../../src/runtime/side/ports.ts";
import { memoryLog } from "../runtime/memory-log.ts";
import { byKind, COMBINATIONS, FULL, type Loose, OPTIONS, tiny } from "./fixture.ts";

const render = (workspace = tiny(), options = {}): Readonly<Record<string, Loose>> =>
  byKind(renderKubernetes(deploymentOf(workspace, { ...OPTIONS, ...options })));

const podOf = (objects: Readonly<Record<string, Loose>>): Loose => objects.StatefulSet.spec.template.spec;

it("has a pod with as few rights as Kubernetes can give one", () => {
  const pod = podOf(render());
  expect(pod).toMatchObject({
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      ...{ runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 },
      seccompProfile: { type: "RuntimeDefault" },
    },
  });
  expect(pod.containers[0].securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  });
});

it("has the model's resources: the most as limits, half of it asked for, shared memory in memory", () => {
  const pod = podOf(render(FULL));
  expect(pod.containers[0].resources).toEqual({
    requests: { cpu: "2000m", memory: "4096Mi" },
    limits: { cpu: "4000m", memory: "8Gi" },
  });
  expect(pod.volumes).toContainEqual({ name: "dshm", emptyDir: { medium: "Memory", sizeLimit: "1Gi" } });
});

it("keeps the home and the workspace's other volumes in claims", () => {
  const { StatefulSet } = render(FULL, { storage: "512MiB" });
  expect(StatefulSet.spec.replicas).toBe(1);
  const claims = StatefulSet.spec.volumeClaimTemplates;
  expect(claims.map((claim: Loose) => [claim.metadata.name, claim.spec.resources.requests.storage])).toEqual([
    ["home", "512Mi"],
    ["projects", "512Mi"],
  ]);
  expect(podOf({ StatefulSet }).containers[0].volumeMounts).toEqual([
    { name: "home", mountPath: "/home/kasm-user" },
    { name: "projects", mountPath: "/srv/projects" },
    { name: "dshm", mountPath: "/dev/shm" },
    { name: "tmp", mountPath: "/tmp" },
  ]);
});

it("asks for its passwords in a Secret, of which only the first has to be there, and tells how to make it", () => {
  const [container] = podOf(render(FULL)).containers;
  expect(container.env.map(({ name, valueFrom }: Loose) => [name, valueFrom.secretKeyRef])).toEqual([
    ["VNC_PW", { name: "kasmix-full", key: "VNC_PW" }],
    ["VNC_VIEW_ONLY_PW", { name: "kasmix-full", key: "VNC_VIEW_ONLY_PW", optional: true }],
    ["URL_LAUNCHER_TOKEN", { name: "kasmix-full", key: "URL_LAUNCHER_TOKEN", optional: true }],
  ]);
  const text = renderKubernetes(deploymentOf(FULL, OPTIONS));
  expect(text).toContain("# Made by kasmix manifest");
  expect(text).toContain("kubectl create secret generic kasmix-full --from-file=VNC_PW=/dev/stdin");
});

it("has probes that need no password, so that none counts as a failed login", () => {
  const [container] = podOf(render()).containers;
  const kinds = ["startupProbe", "readinessProbe", "livenessProbe"];
  expect(kinds.map((kind) => container[kind].httpGet)).toEqual(
    ["/healthz", "/readyz", "/healthz"].map((path) => ({ path, port: "desktop", scheme: "HTTPS" })),
  );
  const [kasmvnc] = podOf(render(tiny({ display: { server: "kasmvnc" } }))).containers;
  expect(kinds.map((kind) => [kasmvnc[kind].httpGet, kasmvnc[kind].tcpSocket])).toEqual(
    kinds.map(() => [undefined, { port: "desktop" }]),
  );
});

it("waits longer than the supervisor's own stop takes", () => {
  expect(podOf(render()).terminationGracePeriodSeconds).toBeGreaterThan(8.5);
});

it("opens the desktop, and Kasm's ports where they are wanted, as the runtime has them", () => {
  const ports = (options: object) =>
    render(tiny(), options).Service.spec.ports.map(({ port }: Loose) => port);
  expect(ports({})).toEqual([6901]);
  expect(ports({ sidePorts: true })).toEqual([6901, 4901, 4902, 4903, 4904]);
  const runtime = Object.entries(sidePorts({}, memoryLog().log));
  expect(SIDE_PORTS.map(({ name, port }) => [name, port])).toEqual(
    runtime.map(([name, { number }]) => [name, number]),
  );
});

it("opens the launcher to its own namespace, or to those that are named", () => {
  const ingress = (options: object) => render(FULL, options).NetworkPolicy.spec.ingress;
  expect(ingress({})).toEqual([
    { ports: [{ port: 6901, protocol: "TCP" }] },
    { from: [{ podSelector: {} }], ports: [{ port: 9998, protocol: "TCP" }] },
  ]);
  const names = ["dashboard", "other"];
  expect(ingress({ launcherFrom: names })[1].from).toEqual(
    names.map((name) => ({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } })),
  );
  const moved = tiny({ launcher: { app: "browser" }, environment: { NAV_SHIM_PORT: "9000" } });
  expect(render(moved).NetworkPolicy.spec.ingress[1].ports).toEqual([{ port: 9000, protocol: "TCP" }]);
  expect(render(tiny()).NetworkPolicy.spec.ingress).toHaveLength(1);
});

it("does the same for Cilium, in place of the other policy", () => {
  const objects = render(FULL, { cilium: true, launcherFrom: ["dashboard"] });
  expect(objects.NetworkPolicy).toBeUndefined();
  expect(objects.CiliumNetworkPolicy.spec.ingress).toEqual([
    { fromEntities: ["all"], toPorts: [{ ports: [{ port: "6901", protocol: "TCP" }] }] },
    {
      fromEndpoints: [{ matchLabels: { "k8s:io.kubernetes.pod.namespace": "dashboard" } }],
      toPorts: [{ ports: [{ port: "9998", protocol: "TCP" }] }],
    },
  ]);
});

it("puts gluetun before the workspace, and lets nothing but its tunnel out", () => {
  const objects = render(FULL, { vpn: true, sidePorts: true });
  const [vpn] = podOf(objects).initContainers;
  expect(vpn).toMatchObject({
    restartPolicy: "Always",
    envFrom: [{ secretRef: { name: "kasmix-full-vpn" } }],
    securityContext: { capabilities: { drop: ["ALL"], add: ["NET_ADMIN", "MKNOD"] } },
  });
  const env = Object.fromEntries(vpn.env.map(({ name, value }: Loose) => [name, value]));
  expect(env.FIREWALL_INPUT_PORTS).toBe("6901,9998,9999,4901,4902,4903,4904");
  // Was read as false, which is no text: Kubernetes still reads YAML 1.1.
  expect(env.DOT).toBe("off");
  const { policyTypes, egress } = objects.NetworkPolicy.spec;
  expect(policyTypes).toEqual(["Ingress", "Egress"]);
  expect(egress.flatMap(({ ports }: Loose) => ports.map(({ port }: Loose) => port))).toEqual([53, 53, 51820]);
});

it("leaves the user to a cluster that chooses it", () => {
  expect(podOf(render(tiny(), { anyUid: true })).securityContext).toEqual({
    runAsNonRoot: true,
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  });
});

it("fits Kubernetes' own schemas with every combination of flags", () => {
  for (const options of COMBINATIONS) {
    for (const workspace of [tiny(), FULL, tiny({ display: { server: "kasmvnc" } })]) {
      expect(() => renderKubernetes(deploymentOf(workspace, options))).not.toThrow();
    }
  }
});
