import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect, it } from "vitest";
import { type ChartFiles, chartFiles } from "../../src/manifest/chart.ts";
import { KUBERNETES_FIELDS } from "../../src/manifest/kubernetes-fields.ts";
import { portsOf } from "../../src/manifest/ports.ts";
import type { Values } from "../../src/manifest/value.ts";
import { chartValues } from "../../src/manifest/values.ts";
import { COMBINATIONS, documents, FULL, type Loose, OPTIONS, tiny } from "./fixture.ts";

const chartOf = (workspace = FULL, options = OPTIONS): Promise<ChartFiles> =>
  chartFiles({ workspace, ...options }, "1.2.3");

it("has default values that pass its own schema, with every combination of flags", async () => {
  const { "values.schema.json": schema = "" } = await chartOf();
  const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(JSON.parse(schema));
  for (const options of COMBINATIONS) {
    const [values] = documents((await chartOf(FULL, options))["values.yaml"] ?? "");
    expect(validate(values), JSON.stringify(validate.errors)).toBe(true);
    expect(values).toMatchObject({ sidePorts: options.sidePorts, vpn: { enabled: options.vpn } });
    expect(validate({ ...values, sideports: true })).toBe(false);
    expect(validate({ ...values, sharedMemory: "512MB" })).toBe(false);
    expect(validate({ ...values, networkPolicy: { kind: "calico" } })).toBe(false);
  }
});

it("describes each value in values.yaml and in the schema", async () => {
  const { "values.yaml": values = "", "values.schema.json": schema = "" } = await chartOf();
  const described = (all: Values, properties: Loose, indent = ""): void => {
    for (const [name, value] of Object.entries(all)) {
      expect(value.description).toMatch(/^\w.*\.$/);
      expect(values).toContain(`${indent}# ${value.description}\n${indent}${name}:`);
      expect(properties[name].description).toBe(value.description);
      if ("fields" in value) described(value.fields, properties[name].properties, `${indent}  `);
    }
  };
  described(chartValues({ workspace: FULL, ...OPTIONS }), JSON.parse(schema).properties);
});

it("refuses unknown values at every depth, down to the fields that Kubernetes knows", async () => {
  const { "values.schema.json": schema = "" } = await chartOf();
  const { global, ...properties } = JSON.parse(schema).properties;
  const open = (node: Loose, path: string): string[] => {
    if (typeof node !== "object" || node === null) return [];
    const here = node.type === "object" && node.additionalProperties === undefined ? [path] : [];
    return [...here, ...Object.entries(node).flatMap(([name, child]) => open(child, `${path}/${name}`))];
  };
  expect(open(properties, "")).toEqual([]);
  expect(global).toMatchObject({ type: "object" });
});

it("knows the fields of Kubernetes' types", () => {
  for (const [type, names] of Object.entries(KUBERNETES_FIELDS)) {
    const file = join(import.meta.dirname, `../../node_modules/kubernetes-models/v1/${type}.d.ts`);
    const [, body = ""] = /^export interface \w+ \{\n(.*?)^\}/ms.exec(readFileSync(file, "utf8")) ?? [];
    const fields = [...body.matchAll(/^ {4}"(\w+)"\??:/gm)].map(([, name]) => name);
    expect(names.split(/\s+/).sort(), type).toEqual(fields.sort());
  }
});

/**
 * Helm renders a value that does not exist as nothing. The real Helm, which not every machine can get, checks the rest:
 * test/e2e/helm.test.ts.
 */
it("has templates that use no unknown value", async () => {
  const files = await chartOf();
  const [values] = documents(files["values.yaml"] ?? "");
  const at = (path: string): unknown => path.split(".").reduce((value, name) => value?.[name], values);
  const used = Object.entries(files).flatMap(([path, text]) =>
    path.startsWith("templates/")
      ? [...text.matchAll(/\.Values\.(\w+(\.\w+)*)/g)].map(([, used]) => used ?? "")
      : [],
  );
  const optional = ["tls.issuerRef.name"];
  for (const path of used) if (!optional.includes(path)) expect(at(path), path).toBeDefined();
  expect(used).toContain("tls.plain");
});

it("has the ports of the plain manifests", async () => {
  const { "templates/_helpers.tpl": helpers = "" } = await chartOf();
  const ports = [...helpers.matchAll(/\{ name: (\w+), port: (\d+) \}/g)];
  const plain = portsOf({ workspace: tiny(), ...OPTIONS, sidePorts: true });
  expect(ports.map(([, name, port]) => ({ name, port: Number(port) }))).toEqual(plain);
});

it("has no value for a launcher in a workspace without one", async () => {
  expect((await chartOf(tiny()))["values.yaml"]).not.toContain("launcher");
  const [{ launcher, networkPolicy }] = documents((await chartOf())["values.yaml"] ?? "");
  expect([launcher, networkPolicy.launcherFrom]).toEqual([{ enabled: true, port: 9998 }, []]);
});

it("takes its version from the project and its name from the workspace", async () => {
  const [chart] = documents((await chartOf())["Chart.yaml"] ?? "");
  expect(chart).toEqual({
    apiVersion: "v2",
    name: "kasmix-full",
    description: "Tiny: As little as possible.",
    type: "application",
    version: "1.2.3",
    appVersion: "1.2.3",
    kubeVersion: ">=1.27.0-0",
  });
});
