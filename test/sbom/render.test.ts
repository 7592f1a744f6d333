import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Ajv } from "ajv";
import { expect, it } from "vitest";
import { runProcess } from "../../src/engine/process.ts";
import { isBillFormat, renderBill } from "../../src/sbom/render.ts";
import { makeProject } from "../helpers/project.ts";
import { PARTS, SUBJECT } from "./fixture.ts";

const BILL = { subject: SUBJECT, parts: PARTS };

it("renders CycloneDX that is valid by the official schema", () => {
  const library = createRequire(import.meta.url).resolve("@cyclonedx/cyclonedx-library/package.json");
  const schema = (name: string) =>
    JSON.parse(readFileSync(join(dirname(library), `res/schema/${name}.SNAPSHOT.schema.json`), "utf8"));
  // Ajv has no formats built in; the schema's patterns suffice.
  const ajv = new Ajv({ strict: false, validateFormats: false });
  for (const name of ["spdx", "jsf-0.82"]) {
    ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  }
  const validate = ajv.compile(schema("bom-1.6"));
  const document = JSON.parse(renderBill(BILL, "cyclonedx"));
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
  // The schema does find faults.
  expect(validate({ ...document, serialNumber: "urn:uuid:no" })).toBe(false);
});

it("renders every part once in CycloneDX, and only references to parts", () => {
  const { components, dependencies, metadata } = JSON.parse(renderBill(BILL, "cyclonedx"));
  const refs = components.map((component: { "bom-ref": string }) => component["bom-ref"]);
  expect(new Set(refs).size).toBe(PARTS.length);
  // What a wheel contains belongs to it.
  const inside = ["pkg:generic/libvpx@1.15.2", "pkg:generic/x264@0.165"];
  expect(dependencies).toEqual([
    { ref: metadata.component["bom-ref"], dependsOn: refs.filter((ref: string) => !inside.includes(ref)) },
    { ref: "pkg:pypi/wheel@3.0", dependsOn: inside },
  ]);
});

it("renders SPDX with unique identifiers and every package inside the image", () => {
  const { packages, relationships, ...head } = JSON.parse(renderBill(BILL, "spdx"));
  expect(head).toMatchObject({ spdxVersion: "SPDX-2.3", dataLicense: "CC0-1.0", SPDXID: "SPDXRef-DOCUMENT" });
  expect(head.creationInfo.created).toBe("2025-11-24T16:00:00Z");
  const ids: string[] = packages.map(({ SPDXID }: { SPDXID: string }) => SPDXID);
  expect(new Set(ids).size).toBe(PARTS.length + 1);
  for (const id of ids) expect(id).toMatch(/^SPDXRef-[A-Za-z0-9.-]+$/);
  const inside = relationships.filter(
    (each: { relationshipType: string }) => each.relationshipType === "CONTAINS",
  );
  expect(inside.map((each: { relatedSpdxElement: string }) => each.relatedSpdxElement)).toEqual(ids.slice(1));
  const outer = inside.map((each: { spdxElementId: string }) => each.spdxElementId);
  expect(new Set(outer)).toEqual(new Set(["SPDXRef-image", "SPDXRef-wheel-wheel"]));
  expect(outer.filter((id: string) => id === "SPDXRef-wheel-wheel")).toHaveLength(2);
});

it("renders SPDX that its own validator accepts", async ({ skip }) => {
  const folder = makeProject({ "bill.spdx.json": renderBill(BILL, "spdx") });
  const { ok, notFound, stdout, stderr } = await runProcess("pyspdxtools", [
    "--infile",
    join(folder, "bill.spdx.json"),
  ]);
  if (notFound) skip("pyspdxtools is not installed (the package spdx-tools of PyPI)");
  expect(ok, stdout + stderr).toBe(true);
});

it("gives the same bytes for the same image, and other identities for others", () => {
  for (const format of ["cyclonedx", "spdx"] as const) {
    expect(renderBill(BILL, format)).toBe(renderBill(structuredClone(BILL), format));
  }
  const other = { ...BILL, subject: { ...SUBJECT, digest: `sha256:${"ef".repeat(32)}` } };
  const serial = (bill: typeof BILL) => JSON.parse(renderBill(bill, "cyclonedx")).serialNumber;
  expect(serial(other)).not.toBe(serial(BILL));
});

it("knows the names of its formats", () => {
  expect(["cyclonedx", "spdx", "toString", "csv"].filter(isBillFormat)).toEqual(["cyclonedx", "spdx"]);
});
