import { createServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { otherPort, probePort } from "../../src/engine/port.ts";
import { freePort } from "../helpers/free-port.ts";

/** The port above a taken one was proposed, whether it was free or not. */
it("proposes only a port where something can listen", async () => {
  const taken = await freePort();
  await occupy(taken);
  await occupy(taken + 1);
  const [, port = ""] = /^--port (\d+)$/.exec(await otherPort("127.0.0.1", taken)) ?? [];
  expect(Number(port)).toBeGreaterThan(taken + 1);
  expect(await probePort("127.0.0.1", Number(port))).toBeUndefined();
});

it("stays below 65536", async () => {
  expect(await otherPort("127.0.0.1", 65535)).toMatch(/^--port 69\d\d$/);
});

/** Another program may have the port: it is taken then too. */
async function occupy(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.once("error", () => resolve());
    server.listen({ port, host: "127.0.0.1" }, resolve);
  });
  onTestFinished(() => void server.close());
}
