import { Ajv } from "ajv";
import { expect, it } from "vitest";
import { renderChart } from "../../src/manifest/chart.ts";
import { COMBINATIONS, documents, FULL, OPTIONS, tiny } from "./fixture.ts";

it("has values that its own schema takes, with every combination of flags", () => {
  for (const options of COMBINATIONS) {
    const files = renderChart(FULL, options, "1.2.3");
    const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(
      JSON.parse(files["values.schema.json"] ?? ""),
    );
    const [values] = documents(files["values.yaml"] ?? "");
    expect(validate(values), JSON.stringify(validate.errors)).toBe(true);
    expect(values).toMatchObject({ sidePorts: options.sidePorts, vpn: { enabled: options.vpn } });
    expect(validate({ ...values, sideports: true })).toBe(false);
    expect(validate({ ...values, sharedMemory: "512MB" })).toBe(false);
    expect(validate({ ...values, networkPolicy: { kind: "calico" } })).toBe(false);
  }
});

it("says what each value is for, in values.yaml and for editors", () => {
  const { "values.yaml": values = "", "values.schema.json": schema = "" } = renderChart(
    FULL,
    OPTIONS,
    "1.2.3",
  );
  const keys = values.split("\n").filter((line) => /^ *[a-zA-Z]+:/.test(line));
  const explained = values.split("\n").filter((line) => /^ *# .+/.test(line));
  // `requests`, `limits` and what is in them are Kubernetes' own.
  expect(explained.length).toBe(keys.length - 6);
  for (const property of Object.values<{ description?: string }>(JSON.parse(schema).properties)) {
    if (JSON.stringify(property) !== '{"type":"object"}') expect(property.description).toMatch(/\.$/);
  }
});

it("has no value for a launcher where the workspace has none", () => {
  expect(renderChart(tiny(), OPTIONS, "1.2.3")["values.yaml"]).not.toContain("launcherFrom");
  expect(renderChart(FULL, OPTIONS, "1.2.3")["values.yaml"]).toContain("launcherFrom: []");
});

it("takes its version and its name from the project and the workspace", () => {
  const [chart] = documents(renderChart(FULL, OPTIONS, "1.2.3")["Chart.yaml"] ?? "");
  expect(chart).toEqual({
    apiVersion: "v2",
    name: "kasmix-full",
    description: "Tiny: As little as possible.",
    type: "application",
    version: "1.2.3",
    appVersion: "1.2.3",
  });
});
