import { createServer } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createClient } from "../../../src/runtime/control/client.ts";
import { Inside } from "./harness.ts";

let inside: Inside;

beforeEach(() => {
  inside = new Inside();
});

afterEach(() => inside.close());

it("gives up when there is no supervisor", async () => {
  await expect(createClient({ path: inside.path, patience: 100 }).report()).rejects.toMatchObject({
    code: "E_ENGINE",
    message: expect.stringContaining(`No supervisor answers on ${inside.path}`),
    fix: "See its log: docker logs CONTAINER",
  });
});

it("gives up when the supervisor does not answer", async () => {
  const silent = createServer().listen(inside.path);
  try {
    await expect(createClient({ path: inside.path, answerTimeout: 100 }).report()).rejects.toMatchObject({
      code: "E_ENGINE",
      message: expect.stringContaining("no answer in 0.1 s"),
    });
  } finally {
    silent.close();
  }
});
