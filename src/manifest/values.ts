import { type Document, isMap, isScalar, Document as YamlDocument } from "yaml";
import { mountsOf } from "../engine/container-options.ts";
import { type Deployment, quantity, resourcesOf } from "./deployment.ts";
import { parseImage } from "./image.ts";
import { probesOf } from "./pod.ts";
import { launcherPort } from "./ports.ts";
import { VPN_IMAGE } from "./vpn.ts";
import { YAML_OPTIONS } from "./yaml.ts";

/** A value of the chart: its purpose, its default and its JSON schema; or a group of values. */
export type Value = {
  readonly description: string;
} & (
  | { readonly value: unknown; readonly schema: object }
  | { readonly fields: Readonly<Record<string, Value>> }
);

/** All values of a workspace's chart: the source of values.yaml and of values.schema.json. */
export function chartValues(deployment: Deployment): Readonly<Record<string, Value>> {
  const { workspace, sidePorts, anyUid } = deployment;
  const { sharedMemory } = workspace.resources;
  return {
    image: imageValues(deployment),
    imagePullSecrets: value("Secrets for a private registry.", [], OBJECTS),
    existingSecret: text("Secret with VNC_PW; when empty, the Secret with the release's name."),
    env: value(
      "More variables of the workspace, such as TZ or VNC_RESOLUTION. Passwords go into the Secret.",
      {},
      { type: "object", additionalProperties: { type: "string" } },
    ),
    resources: value(
      "Half of the limits is requested. Processes are not among them: the kubelet's podPidsLimit limits those.",
      resourcesOf(deployment),
      RESOURCES,
    ),
    sharedMemory: value(
      "Size of /dev/shm, which browsers need; counts towards the memory limit.",
      quantity(sharedMemory),
      QUANTITY,
    ),
    probes: value("Probes of the workspace's container.", probesOf(), PROBES),
    sidePorts: flag("Opens ports 4901 to 4904, for Kasm's own page.", sidePorts),
    ...launcherValues(deployment),
    anyUid: flag("Lets the cluster choose the user id, as OpenShift does.", anyUid),
    service: group("The Service.", {
      type: choice("Where it can be reached.", ["ClusterIP", "NodePort", "LoadBalancer"]),
    }),
    persistence: persistenceValues(deployment),
    networkPolicy: policyValues(deployment),
    vpn: group("gluetun beside the workspace; needs Kubernetes 1.29.", {
      enabled: flag("Routes all traffic through the tunnel.", deployment.vpn),
      image: text("gluetun's image.", VPN_IMAGE),
      existingSecret: text("Secret with gluetun's variables; when empty, the release's name with -vpn."),
    }),
    supplementalGroups: value(
      "Groups by which the desktop opens devices: the node's own of /dev/dri/renderD128.",
      [],
      { type: "array", items: { type: "integer", minimum: 0 } },
    ),
    runtimeClassName: text("Runtime of the pod, such as nvidia; when empty, the cluster's default."),
    nodeSelector: value("Labels a node must have.", {}, OBJECT),
    tolerations: value("Taints the pod tolerates.", [], OBJECTS),
    affinity: value("Preferred nodes and neighbours.", {}, OBJECT),
  };
}

/** values.yaml: the defaults, each below a comment. */
export function renderValues(values: Readonly<Record<string, Value>>): string {
  const document = new YamlDocument(defaultsOf(values), YAML_OPTIONS);
  comment(document.contents, values);
  return document.toString(YAML_OPTIONS);
}

/** values.schema.json, by which Helm refuses invalid values. */
export function renderValuesSchema(values: Readonly<Record<string, Value>>): string {
  const global = value("Helm adds this to the values of a subchart.", {}, OBJECT);
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    ...schemaOf({ ...values, global }),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

const NAME = { type: "string", minLength: 1 };
const QUANTITY = { type: "string", pattern: "^[1-9][0-9]*(Mi|Gi|Ti)$" };
const OBJECT = { type: "object" };
const OBJECTS = { type: "array", items: OBJECT };
const PROBES = { type: "object", additionalProperties: OBJECT };
const AMOUNTS = { type: "object", additionalProperties: { type: ["string", "number"] } };
const RESOURCES = record({ requests: AMOUNTS, limits: AMOUNTS, claims: OBJECTS });
const VOLUMES = {
  type: "array",
  items: { ...record({ name: NAME, path: NAME }), required: ["name", "path"] },
};

function record(properties: object) {
  return { type: "object", additionalProperties: false, properties };
}

function value(description: string, value: unknown, schema: object): Value {
  return { description, value, schema };
}

function group(description: string, fields: Readonly<Record<string, Value>>): Value {
  return { description, fields };
}

function text(description: string, value = ""): Value {
  return { description, value, schema: { type: "string" } };
}

function flag(description: string, value: boolean): Value {
  return { description, value, schema: { type: "boolean" } };
}

function choice(description: string, names: readonly [string, ...string[]], value = names[0]): Value {
  return { description: `${description} One of ${names.join(", ")}.`, value, schema: { enum: names } };
}

function imageValues({ image }: Deployment): Value {
  const { repository, tag, digest } = parseImage(image);
  const digestSchema = { type: "string", pattern: "^(sha256:[0-9a-f]{64})?$" };
  return group("The workspace's image.", {
    repository: value("Host and name, without a tag.", repository, NAME),
    tag: text("Used unless a digest is given.", tag),
    digest: value("sha256:..., for exactly one image.", digest, digestSchema),
    pullPolicy: choice("When it is pulled.", ["IfNotPresent", "Always", "Never"]),
  });
}

/** Nothing for a workspace without a launcher. */
function launcherValues({ workspace }: Deployment): Readonly<Record<string, Value>> {
  const launcher = launcherPort(workspace);
  if (launcher === undefined) return {};
  const schema = { type: "integer", minimum: 1, maximum: 65535 };
  return {
    launcher: group("The URL launcher.", { port: value("Its port in the image.", launcher.port, schema) }),
  };
}

function persistenceValues({ workspace, storage }: Deployment): Value {
  return group("The home and the workspace's other volumes.", {
    enabled: flag("Keeps them in claims; otherwise they end with the pod.", true),
    size: value("Size of each.", quantity(storage), QUANTITY),
    storageClass: text("When empty, the cluster's default."),
    volumes: value("Where each is mounted.", mountsOf(workspace.volumes), VOLUMES),
  });
}

function policyValues({ workspace, cilium, launcherFrom }: Deployment): Value {
  const kinds = ["kubernetes", "cilium", "none"] as const;
  const description = "Namespaces that reach the URL launcher; when empty, only the release's own.";
  return group("Who reaches the pod.", {
    kind: choice("The kind of policy.", kinds, cilium ? "cilium" : "kubernetes"),
    ...(launcherPort(workspace) && {
      launcherFrom: value(description, launcherFrom, { type: "array", items: NAME }),
    }),
  });
}

function defaultsOf(values: Readonly<Record<string, Value>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      "fields" in value ? defaultsOf(value.fields) : value.value,
    ]),
  );
}

function comment(node: Document["contents"], values: Readonly<Record<string, Value>>): void {
  if (!isMap(node)) return;
  for (const { key, value: child } of node.items) {
    const value = isScalar(key) ? values[String(key.value)] : undefined;
    if (value === undefined || !isScalar(key)) continue;
    key.commentBefore = ` ${value.description}`;
    if ("fields" in value) comment(child as Document["contents"], value.fields);
  }
}

function schemaOf(values: Readonly<Record<string, Value>>) {
  const schema = (value: Value): object => ("fields" in value ? schemaOf(value.fields) : value.schema);
  return record(
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        { description: value.description, ...schema(value) },
      ]),
    ),
  );
}
