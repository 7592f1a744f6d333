import { parseAllDocuments } from "yaml";

/** An HTTP probe of the manifest. */
export interface Probe {
  readonly kind: string;
  readonly path: string;
}

/** The parts of a StatefulSet, which Podman does not support. */
export interface PodParts {
  /** Volume claims, from the StatefulSet's templates. */
  readonly claims: readonly object[];
  readonly pod: object;
  /** Name of the pod's Secret. */
  readonly secret: string;
}

interface Container {
  readonly env: readonly { readonly valueFrom: { readonly secretKeyRef: { readonly name: string } } }[];
  readonly ports: readonly { readonly containerPort: number }[];
  readonly volumeMounts: readonly { readonly name: string }[];
  readonly [field: string]: unknown;
}

interface StatefulSet {
  readonly kind: string;
  readonly spec: {
    readonly template: {
      readonly metadata: object;
      readonly spec: {
        readonly containers: readonly Container[];
        readonly volumes: readonly { name: string }[];
      };
    };
    readonly volumeClaimTemplates: readonly { readonly metadata: { readonly name: string } }[];
  };
}

const PROBES = ["startupProbe", "readinessProbe", "livenessProbe"] as const;

/**
 * The pod of a StatefulSet for `podman kube play`: with the claims that the StatefulSet's controller would create, the
 * test's own names, and the desktop on a port of this machine. It has no probes: Podman runs them with the image's curl,
 * which, unlike Kubernetes, requires a trusted certificate.
 */
export function podOf(manifest: string, { name, port }: { name: string; port: number }): PodParts {
  const { template, volumeClaimTemplates } = statefulSetOf(manifest).spec;
  const { containers, volumes } = template.spec;
  const own = (volume: string): string => `${name}-${volume}`;
  const claimed = volumeClaimTemplates.map(({ metadata }) => metadata.name);
  const [container] = containers;
  if (container === undefined) throw new Error("no container");
  const secret = container.env[0]?.valueFrom.secretKeyRef.name ?? "";
  const played = {
    ...Object.fromEntries(
      Object.entries(container).filter(([key]) => !PROBES.some((probe) => probe === key)),
    ),
    ports: container.ports.map((each) => ({ ...each, hostPort: port, hostIP: "127.0.0.1" })),
    env: container.env.map((variable) => renamed(variable, name)),
    volumeMounts: container.volumeMounts.map((mount) => ({ ...mount, name: own(mount.name) })),
  };
  const spec = {
    ...template.spec,
    containers: [played],
    volumes: [
      ...volumes.map((volume) => ({ ...volume, name: own(volume.name) })),
      ...claimed.map((claim) => ({ name: own(claim), persistentVolumeClaim: { claimName: own(claim) } })),
    ],
  };
  return {
    claims: volumeClaimTemplates.map((claim) => ({ ...claim, metadata: { name: own(claim.metadata.name) } })),
    pod: { apiVersion: "v1", kind: "Pod", metadata: { ...template.metadata, name }, spec },
    secret: secret === "" ? "" : name,
  };
}

/** The probes of a manifest's workspace, in the order in which Kubernetes starts them. */
export function probesOf(manifest: string): Probe[] {
  const [container] = statefulSetOf(manifest).spec.template.spec.containers;
  if (container === undefined) throw new Error("no container");
  return PROBES.map((kind) => {
    const { httpGet } = container[kind] as { httpGet: { path: string; scheme: string } };
    if (httpGet.scheme !== "HTTPS") throw new Error(`${kind} uses ${httpGet.scheme}`);
    return { kind, path: httpGet.path };
  });
}

function renamed(variable: Container["env"][number], name: string) {
  return { ...variable, valueFrom: { secretKeyRef: { ...variable.valueFrom.secretKeyRef, name } } };
}

function statefulSetOf(manifest: string): StatefulSet {
  const documents = parseAllDocuments(manifest).map((document) => document.toJSON() as StatefulSet);
  const found = documents.find(({ kind }) => kind === "StatefulSet");
  if (found === undefined) throw new Error("no StatefulSet");
  return found;
}
