/** What a value is changed to, and what other values it needs to have an effect. */
export interface Change {
  /** Each is set by itself. By default every other name that the schema allows, or the flag turned over. */
  readonly to?: readonly unknown[];
  /** Values by their paths. */
  readonly with?: Readonly<Record<string, unknown>>;
}

const TEXT = { to: ["other"] };
const MAP = { to: [{ "example.org/a": "b" }] };
const ROUTE = {
  "httpRoute.enabled": true,
  "httpRoute.parentRefs": [{ name: "a" }],
  "tls.plain": true,
  host: "a.b",
};
const BALANCER = { "service.type": "LoadBalancer" };
const MONITOR = { "serviceMonitor.enabled": true };
const INGRESS = { "ingress.enabled": true, host: "desk.example" };
const CONTAINERS = { to: [[{ name: "a", image: "b" }]] };

/** For each value of the chart a change that has to show. */
export const CHANGES: Readonly<Record<string, Change>> = {
  "image.repository": TEXT,
  "image.tag": TEXT,
  "image.digest": { to: [`sha256:${"0a".repeat(32)}`] },
  "image.pullPolicy": {},
  imagePullSecrets: { to: [[{ name: "registry" }]] },
  existingSecret: TEXT,
  generateSecret: {},
  env: { to: [{ TZ: "Europe/Berlin" }] },
  envFrom: { to: [[{ secretRef: { name: "more" } }]] },
  resources: {
    to: [
      { limits: { cpu: 3 } },
      { requests: { "example.org/a": "1" } },
      { claims: [{ name: "a", request: "b" }] },
    ],
  },
  sharedMemory: { to: ["3Gi"] },
  probes: {
    to: ["startupProbe", "readinessProbe", "livenessProbe"].flatMap((probe) => [
      { [probe]: null },
      { [probe]: { periodSeconds: 99 } },
    ]),
  },
  securityContext: { to: [{ readOnlyRootFilesystem: false }] },
  podSecurityContext: { to: [{ supplementalGroups: [44] }, { runAsUser: null }] },
  anyUid: {},
  "launcher.enabled": {},
  "launcher.port": { to: [9000] },
  host: { to: ["other.example"], with: INGRESS },
  path: { to: ["/desk/"] },
  "tls.existingSecret": TEXT,
  "tls.issuerRef": { to: ["kind", "group"].map((field) => ({ name: "ca", [field]: "Other" })) },
  "tls.plain": {},
  "service.type": {},
  "service.port": { to: [443] },
  "service.nodePort": { to: [30000], with: { "service.type": "NodePort" } },
  "service.externalTrafficPolicy": { with: BALANCER },
  "service.loadBalancerIP": { to: ["192.0.2.7"], with: BALANCER },
  "service.loadBalancerClass": { ...TEXT, with: BALANCER },
  "service.loadBalancerSourceRanges": { to: [["192.0.2.0/24"]], with: BALANCER },
  "service.annotations": MAP,
  sidePorts: {},
  "ingress.enabled": { with: { host: "desk.example" } },
  "ingress.className": { ...TEXT, with: INGRESS },
  "ingress.tlsSecret": { ...TEXT, with: INGRESS },
  "ingress.annotations": {
    to: [...MAP.to, { "nginx.ingress.kubernetes.io/proxy-body-size": "1g" }],
    with: INGRESS,
  },
  "httpRoute.enabled": { with: { ...ROUTE, "httpRoute.enabled": false } },
  "httpRoute.parentRefs": {
    to: [
      [{ name: "b" }],
      [{ name: "a", namespace: "c", sectionName: "https", port: 443, kind: "D", group: "e" }],
    ],
    with: ROUTE,
  },
  "httpRoute.backendTLS": {
    to: [
      { hostname: "a", wellKnownCACertificates: "System" },
      { hostname: "a", caCertificateRefs: [{ group: "", kind: "ConfigMap", name: "ca" }] },
    ],
    with: ROUTE,
  },
  "persistence.enabled": {},
  "persistence.size": { to: ["1Ti"] },
  "persistence.storageClass": TEXT,
  "persistence.accessMode": {},
  "persistence.volumes": {
    to: [
      { home: { mountPath: "/home/other" } },
      { home: { existingClaim: "mine" } },
      { home: { size: "3Gi" } },
      { projects: null },
      { more: { mountPath: "/srv/more" } },
    ],
  },
  "networkPolicy.kind": {},
  "networkPolicy.launcherFrom": { to: [["dashboard"]] },
  "vpn.enabled": {},
  "vpn.image": { ...TEXT, with: { "vpn.enabled": true } },
  "vpn.existingSecret": { ...TEXT, with: { "vpn.enabled": true } },
  updateStrategy: {},
  podAnnotations: MAP,
  podLabels: MAP,
  extraVolumes: { to: [[{ name: "a", emptyDir: {} }]] },
  extraVolumeMounts: { to: [[{ name: "dshm", mountPath: "/mnt" }]] },
  initContainers: CONTAINERS,
  sidecars: CONTAINERS,
  runtimeClassName: TEXT,
  priorityClassName: TEXT,
  nodeSelector: MAP,
  tolerations: { to: [[{ key: "gpu", operator: "Exists" }]] },
  affinity: { to: [{ podAntiAffinity: {} }] },
  topologySpreadConstraints: {
    to: [[{ maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "DoNotSchedule" }]],
  },
  "podDisruptionBudget.enabled": {},
  "serviceMonitor.enabled": {},
  "serviceMonitor.interval": { to: ["5m"], with: MONITOR },
  "serviceMonitor.labels": { ...MAP, with: MONITOR },
  nameOverride: TEXT,
  fullnameOverride: TEXT,
  "serviceAccount.create": {},
  "serviceAccount.name": TEXT,
  "serviceAccount.annotations": { ...MAP, with: { "serviceAccount.create": true } },
  "serviceAccount.automount": {},
  sessions: { to: [[{ name: "alice" }]] },
};
