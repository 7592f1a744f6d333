import { statSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, it } from "vitest";
import { eventually } from "../../helpers/eventually.ts";
import { append, ask, begin, openWorld, treeOf, type World } from "./harness.ts";

const HALF = 20_000_000;
const BLOCK = Buffer.alloc(HALF, "0123456789abcdef~");

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

it("a large upload is written as it arrives, instead of being kept in memory", async () => {
  const path = await begin(world, "big.bin", 2 * HALF);
  const body = new PassThrough();
  const sent = append(world, path, 0, body, 2 * HALF);
  body.write(BLOCK);
  // The request has not ended: what was sent of it so far is in the file all the same.
  await eventually(() => {
    const sizes = treeOf(world.home).map((file) => statSync(join(world.home, file)).size);
    expect(Math.max(0, ...sizes)).toBeGreaterThan(HALF - 1_000_000);
  });
  body.end(BLOCK);
  expect((await sent).status).toBe(204);
  const range = await ask(world, { path: "/files/Uploads/big.bin", headers: { range: "bytes=-17" } });
  expect(range.body.toString()).toBe(BLOCK.subarray(-17).toString());
});
