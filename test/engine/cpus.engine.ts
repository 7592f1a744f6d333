import { availableParallelism } from "node:os";
import { expect, it } from "vitest";
import { availableCpus } from "../../src/engine/cpus.ts";
import { detectEngine } from "../../src/engine/detect.ts";

it("gives a workspace the processors that it asks for, at most those of the machine", async () => {
  const engine = await detectEngine();
  expect(await availableCpus(engine, 0.5)).toBe(0.5);
  expect(await availableCpus(engine, 100_000)).toBe(availableParallelism());
});

it("changes nothing where the engine does not tell", async () => {
  const engine = await detectEngine();
  const silent = { ...engine, attempt: async () => ({ ...(await engine.attempt(["no-such-command"])) }) };
  expect(await availableCpus(silent, 100_000)).toBe(100_000);
});
