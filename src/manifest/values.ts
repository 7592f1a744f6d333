import { type Document, isMap, isScalar, Document as YamlDocument } from "yaml";
import type { ResolvedWorkspace } from "../model/resolve.ts";
import { amountsOf, type DeploymentOptions, quantity } from "./deployment.ts";
import { parseImage } from "./image.ts";
import { YAML_OPTIONS } from "./yaml.ts";

/** A value of the chart: its default, what may stand in its place, and what it is for; or a group of such. */
export type Value = {
  readonly description: string;
} & (
  | { readonly value: unknown; readonly schema: object }
  | { readonly fields: Readonly<Record<string, Value>> }
);

/** All values of a workspace's chart. values.yaml and values.schema.json both come of this one table. */
export function chartValues(
  workspace: ResolvedWorkspace,
  options: DeploymentOptions,
): Readonly<Record<string, Value>> {
  const { resources, sharedMemory } = amountsOf(workspace);
  return {
    image: imageValues(options.image),
    imagePullSecrets: { description: "Secrets for a private registry.", value: [], schema: OBJECTS },
    existingSecret: text("Secret with VNC_PW; when empty, the one that is called as the release."),
    env: {
      description:
        "More variables of the workspace, such as TZ or VNC_RESOLUTION. No passwords: they go into the Secret.",
      value: {},
      schema: { type: "object", additionalProperties: { type: "string" } },
    },
    resources: { description: "Half of the limits is asked for.", value: resources, schema: RESOURCES },
    sharedMemory: {
      description: "Size of /dev/shm, which browsers need; part of the memory.",
      value: sharedMemory,
      schema: QUANTITY,
    },
    sidePorts: flag("Ports 4901 to 4904, for Kasm's own page.", options.sidePorts),
    anyUid: flag("The cluster chooses the user id, as OpenShift does.", options.anyUid),
    service: {
      description: "The Service.",
      fields: { type: choice("How it can be reached.", ["ClusterIP", "NodePort", "LoadBalancer"]) },
    },
    persistence: persistenceValues(options),
    networkPolicy: policyValues(workspace, options),
    vpn: {
      description: "gluetun beside the workspace; takes Kubernetes 1.29.",
      fields: {
        enabled: flag("All traffic goes through the tunnel.", options.vpn),
        existingSecret: text("Secret with gluetun's variables; when empty, the release's name with -vpn."),
      },
    },
    nodeSelector: { description: "Labels of the nodes.", value: {}, schema: { type: "object" } },
    tolerations: { description: "Taints that are no hindrance.", value: [], schema: OBJECTS },
    affinity: { description: "Near to what, and far from what.", value: {}, schema: { type: "object" } },
  };
}

/** values.yaml: the defaults, each with what it is for. */
export function renderValues(values: Readonly<Record<string, Value>>): string {
  const document = new YamlDocument(defaultsOf(values), YAML_OPTIONS);
  comment(document.contents, values);
  return document.toString(YAML_OPTIONS);
}

/** values.schema.json: Helm refuses what does not fit. */
export function renderValuesSchema(values: Readonly<Record<string, Value>>): string {
  const { properties, ...schema } = schemaOf(values);
  // Helm itself puts `global` among the values of a chart that is part of another one.
  const all = { ...properties, global: { type: "object" } };
  const whole = { $schema: "http://json-schema.org/draft-07/schema#", ...schema, properties: all };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

const QUANTITY = { type: "string", pattern: "^[1-9][0-9]*(Mi|Gi|Ti)$" };
const OBJECTS = { type: "array", items: { type: "object" } };
const AMOUNTS = { type: "object", additionalProperties: { type: ["string", "number"] } };
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

function imageValues(image: string): Value {
  const { repository, tag, digest } = parseImage(image);
  return {
    description: "The workspace's image.",
    fields: {
      repository: {
        description: "Without a tag.",
        value: repository,
        schema: { type: "string", minLength: 1 },
      },
      tag: text("Counts where there is no digest.", tag),
      digest: {
        description: "sha256:..., for exactly one image.",
        value: digest,
        schema: { type: "string", pattern: "^(sha256:[0-9a-f]{64})?$" },
      },
      pullPolicy: choice("When it is pulled.", ["IfNotPresent", "Always", "Never"]),
    },
  };
}

function persistenceValues({ storage }: DeploymentOptions): Value {
  return {
    description: "The home, and the workspace's other volumes.",
    fields: {
      enabled: flag("Otherwise they go with the pod.", true),
      size: { description: "Of each.", value: quantity(storage), schema: QUANTITY },
      storageClass: text("When empty, the cluster's default."),
    },
  };
}

function policyValues({ launcher }: ResolvedWorkspace, { cilium, launcherFrom }: DeploymentOptions): Value {
  const kinds = ["kubernetes", "cilium", "none"] as const;
  return {
    description: "Who reaches the pod.",
    fields: {
      kind: {
        description: `One of ${kinds.join(", ")}.`,
        value: cilium ? "cilium" : "kubernetes",
        schema: { enum: kinds },
      },
      ...(launcher === undefined
        ? {}
        : {
            launcherFrom: {
              description: "Namespaces that reach the URL launcher; when empty, only the release's own.",
              value: launcherFrom,
              schema: { type: "array", items: { type: "string", minLength: 1 } },
            },
          }),
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
