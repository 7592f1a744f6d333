import { expect, it } from "vitest";
import { validateObjects } from "../../src/manifest/validate.ts";

it("reports everything that Kubernetes would refuse, each with its place", () => {
  const service = {
    kind: "Service",
    apiVersion: "v1",
    metadata: { name: "a" },
    spec: { ports: [{ port: "x" }] },
  };
  const set = { kind: "StatefulSet", apiVersion: "apps/v1", metadata: { name: "b" }, spec: { replicas: 1 } };
  const validate = () => validateObjects([service, set, { kind: "Nothing" }]);
  expect(validate).toThrow(
    expect.objectContaining({
      code: "E_MODEL",
      faults: [
        { path: "Service a: spec.ports[0].port", message: "must be integer" },
        { path: "StatefulSet b: spec", message: "must have required property selector" },
        { path: "StatefulSet b: spec", message: "must have required property template" },
        { path: "Nothing", message: "is an unknown kind" },
      ],
    }),
  );
});
