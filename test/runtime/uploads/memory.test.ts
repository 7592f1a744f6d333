import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { append, ask, begin, openWorld, type World } from "./harness.ts";

/** Far more than may be kept in memory on the way. */
const SIZE = 600_000_000;
const BLOCK = Buffer.alloc(1_000_000, "0123456789abcdef~");

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

function* blocks(): Generator<Buffer> {
  for (let sent = 0; sent < SIZE; sent += BLOCK.length) yield BLOCK;
}

/** The most that this process, sender and receiver in one, has used beyond what it had. */
async function growthDuring(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 20);
  await work();
  clearInterval(timer);
  return most - before;
}

it("a large upload uses no memory for what it brings", async () => {
  const path = await begin(world, "big.bin", SIZE);
  const sending = () => append(world, path, 0, Readable.from(blocks(), { objectMode: false }), SIZE);
  let status = 0;
  const up = await growthDuring(async () => {
    ({ status } = await sending());
  });
  expect(status).toBe(204);
  expect(up).toBeLessThan(SIZE / 3);
  const [expected, actual] = [createHash("sha256"), createHash("sha256")];
  for (const block of blocks()) expected.update(block);
  await pipeline(createReadStream(join(world.uploads, "big.bin")), actual);
  expect(actual.digest("hex")).toBe(expected.digest("hex"));
  const range = await ask(world, { path: "/files/Uploads/big.bin", headers: { range: "bytes=-17" } });
  expect(range.body.toString()).toBe(BLOCK.subarray(-17).toString());
});
