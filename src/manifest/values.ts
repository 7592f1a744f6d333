import { type Document, isMap, isScalar, Document as YamlDocument } from "yaml";
import { mountsOf } from "../engine/shape.ts";
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
  return {
    image: imageValues(deployment),
    imagePullSecrets: { description: "Secrets for a private registry.", value: [], schema: OBJECTS },
    existingSecret: text("Secret with VNC_PW; when empty, the Secret with the release's name."),
    env: {
      description:
        "More variables of the workspace, such as TZ or VNC_RESOLUTION. Passwords go into the Secret.",
      value: {},
      schema: { type: "object", additionalProperties: { type: "string" } },
    },
    resources: {
      description: "Half of the limits is requested.",
      value: resourcesOf(deployment),
      schema: RESOURCES,
    },
    sharedMemory: {
      description: "Size of /dev/shm, which browsers need; counts towards the memory limit.",
      value: quantity(deployment.workspace.resources.sharedMemory),
      schema: QUANTITY,
    },
    probes: {
      description: "Probes of the workspace's container.",
      value: probesOf(deployment),
      schema: { type: "object", additionalProperties: { type: "object" } },
    },
    sidePorts: flag("Opens ports 4901 to 4904, for Kasm's own page.", deployment.sidePorts),
    ...launcherValues(deployment),
    anyUid: flag("Lets the cluster choose the user id, as OpenShift does.", deployment.anyUid),
    service: {
      description: "The Service.",
      fields: { type: choice("Where it can be reached.", ["ClusterIP", "NodePort", "LoadBalancer"]) },
    },
    persistence: persistenceValues(deployment),
    networkPolicy: policyValues(deployment),
    vpn: {
      description: "gluetun beside the workspace; needs Kubernetes 1.29.",
      fields: {
        enabled: flag("Routes all traffic through the tunnel.", deployment.vpn),
        image: text("gluetun's image.", VPN_IMAGE),
        existingSecret: text("Secret with gluetun's variables; when empty, the release's name with -vpn."),
      },
    },
    nodeSelector: {
      description: "Labels a node must have.",
      value: {},
      schema: { type: "object" },
    },
    tolerations: { description: "Taints the pod tolerates.", value: [], schema: OBJECTS },
    affinity: { description: "Preferred nodes and neighbours.", value: {}, schema: { type: "object" } },
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
  const { properties, ...schema } = schemaOf(values);
  // Helm adds `global` to the values of a subchart.
  const all = { ...properties, global: { type: "object" } };
  const whole = { $schema: "http://json-schema.org/draft-07/schema#", ...schema, properties: all };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

const QUANTITY = { type: "string", pattern: "^[1-9][0-9]*(Mi|Gi|Ti)$" };
const OBJECTS = { type: "array", items: { type: "object" } };
const AMOUNTS = { type: "object", additionalProperties: { type: ["string", "number"] } };
const VOLUMES = {
  type: "array",
  items: {
    type: "object",
    additionalProperties: false,
    required: ["name", "path"],
    properties: { name: { type: "string", minLength: 1 }, path: { type: "string", minLength: 1 } },
  },
};
const RESOURCES = {
  type: "object",
  additionalProperties: false,
  properties: { requests: AMOUNTS, limits: AMOUNTS, claims: OBJECTS },
};

function text(description: string, value = ""): Value {
  return { description, value, schema: { type: "string" } };
}

function flag(description: string, value: boolean): Value {
  return { description, value, schema: { type: "boolean" } };
}

/** The first is the default. */
function choice(description: string, names: readonly [string, ...string[]]): Value {
  return {
    description: `${description} One of ${names.join(", ")}.`,
    value: names[0],
    schema: { enum: names },
  };
}

function imageValues({ image }: Deployment): Value {
  const { repository, tag, digest } = parseImage(image);
  return {
    description: "The workspace's image.",
    fields: {
      repository: {
        description: "Host and name, without a tag.",
        value: repository,
        schema: { type: "string", minLength: 1 },
      },
      tag: text("Used unless a digest is given.", tag),
      digest: {
        description: "sha256:..., for exactly one image.",
        value: digest,
        schema: { type: "string", pattern: "^(sha256:[0-9a-f]{64})?$" },
      },
      pullPolicy: choice("When it is pulled.", ["IfNotPresent", "Always", "Never"]),
    },
  };
}

/** Nothing for a workspace without a launcher. */
function launcherValues({ workspace }: Deployment): Readonly<Record<string, Value>> {
  const launcher = launcherPort(workspace);
  if (launcher === undefined) return {};
  const port = { type: "integer", minimum: 1, maximum: 65535 };
  const description = "Its port in the image.";
  return {
    launcher: {
      description: "The URL launcher.",
      fields: { port: { description, value: launcher.port, schema: port } },
    },
  };
}

function persistenceValues({ workspace, storage }: Deployment): Value {
  return {
    description: "The home and the workspace's other volumes.",
    fields: {
      enabled: flag("Keeps them in claims; otherwise they end with the pod.", true),
      size: { description: "Size of each.", value: quantity(storage), schema: QUANTITY },
      storageClass: text("When empty, the cluster's default."),
      volumes: { description: "Where each is mounted.", value: mountsOf(workspace.volumes), schema: VOLUMES },
    },
  };
}

function policyValues({ workspace, cilium, launcherFrom }: Deployment): Value {
  const kinds = ["kubernetes", "cilium", "none"] as const;
  const from = {
    description: "Namespaces that reach the URL launcher; when empty, only the release's own.",
    value: launcherFrom,
    schema: { type: "array", items: { type: "string", minLength: 1 } },
  };
  return {
    description: "Who reaches the pod.",
    fields: {
      kind: {
        description: `One of ${kinds.join(", ")}.`,
        value: cilium ? "cilium" : "kubernetes",
        schema: { enum: kinds },
      },
      ...(launcherPort(workspace) && { launcherFrom: from }),
    },
  };
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
  return {
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        { description: value.description, ...schema(value) },
      ]),
    ),
  };
}
