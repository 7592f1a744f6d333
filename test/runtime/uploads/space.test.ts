import { statSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, it, onTestFinished, vi } from "vitest";
import { eventually } from "../../helpers/eventually.ts";
import { append, ask, begin, openWorld, tell, wish } from "./harness.ts";

const disk = vi.hoisted(() => ({ free: 0 }));
vi.mock("node:fs/promises", async (original) => ({
  ...(await original<typeof import("node:fs/promises")>()),
  statfs: async () => ({ bavail: disk.free, bsize: 1 }),
}));

const MEGABYTE = 1_000_000;
const RESERVE = 64 * 1024 ** 2;

// Bytes that an upload had written were still reserved for it: during a large upload, small ones were refused.
it("space that an upload has used is not reserved for it any more", async () => {
  const world = await openWorld();
  onTestFinished(() => world.close());
  disk.free = RESERVE + 10 * MEGABYTE;
  const large = await begin(world, "large", 8 * MEGABYTE);
  const body = new PassThrough();
  const sent = append(world, large, 0, body, 8 * MEGABYTE).catch(() => undefined);
  body.write(Buffer.alloc(6 * MEGABYTE));
  const file = join(world.uploads, ".kasmix-uploads", `${large.slice(-32)}.part`);
  await eventually(() => expect(statSync(file).size).toBe(6 * MEGABYTE));
  disk.free = RESERVE + 4 * MEGABYTE;
  const askFor = (length: number) =>
    ask(world, { method: "POST", path: "/api/uploads", headers: wish("small", length) });
  expect((await askFor(2 * MEGABYTE)).status).toBe(201);
  expect((await askFor(2 * MEGABYTE + 1)).status).toBe(507);
  await tell(world, large);
  await sent;
});
