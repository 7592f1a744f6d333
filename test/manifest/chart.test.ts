import { Ajv } from "ajv";
import { expect, it } from "vitest";
import { type ChartFiles, chartFiles } from "../../src/manifest/chart.ts";
import { portsOf } from "../../src/manifest/ports.ts";
import { COMBINATIONS, documents, FULL, OPTIONS, tiny } from "./fixture.ts";

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
  const described = (properties: object, indent = ""): void => {
    for (const [name, { description, properties: fields }] of Object.entries(properties)) {
      if (name === "global" && indent === "") continue;
      expect(description).toMatch(/^\w.*\.$/);
      expect(values).toContain(`${indent}# ${description}\n${indent}${name}:`);
      if (fields && name !== "resources") described(fields, `${indent}  `);
    }
  };
  described(JSON.parse(schema).properties);
});

/** The real Helm, which not every machine can get, checks the rest: test/e2e/helm.test.ts. */
it("has templates that use every value and no other", async () => {
  const files = await chartOf();
  const used = new Set<string>();
  for (const [path, text] of Object.entries(files)) {
    if (!path.startsWith("templates/")) continue;
    for (const [, value = ""] of text.matchAll(/\.Values\.([A-Za-z.]+)/g)) used.add(value);
  }
  const [values] = documents(files["values.yaml"] ?? "");
  const at = (path: string): unknown => path.split(".").reduce((value, name) => value?.[name], values);
  for (const path of used) expect(at(path), path).toBeDefined();
  const groups = ["service", "persistence", "networkPolicy", "vpn"];
  const paths = Object.keys(values).flatMap((name) =>
    groups.includes(name) ? Object.keys(values[name]).map((field) => `${name}.${field}`) : [name],
  );
  expect([...used].sort()).toEqual(paths.sort());
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
  expect([launcher, networkPolicy.launcherFrom]).toEqual([{ port: 9998 }, []]);
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
  });
});
