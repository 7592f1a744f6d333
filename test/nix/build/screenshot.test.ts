import { execFile, spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startXServer } from "../../runtime/clipboard/x-server.ts";
import { nix } from "./nix.ts";

const NEEDED = ["Xtigervnc", "xsetroot"];
const missing = NEEDED.filter((program) => spawnSync("which", [program]).status !== 0);
const reason = missing.length > 0 ? ` (not run: ${missing.join(", ")} missing)` : "";
const run = promisify(execFile);

/** The program as it is in the images, on an X server of this machine. */
describe.skipIf(missing.length > 0)(`screenshots of a real display${reason}`, () => {
  let x: Awaited<ReturnType<typeof startXServer>>;
  let program: string;
  let environment: NodeJS.ProcessEnv;

  beforeAll(async () => {
    program = await nix("nix-build", "nix", "--attr", "parts.screenshot", "--no-out-link");
    x = await startXServer(() => ["-geometry", "640x400", "-depth", "24"]);
    environment = { ...process.env, DISPLAY: `:${x.number}`, XAUTHORITY: join(x.folder, "Xauthority") };
  }, 300_000);

  afterAll(() => x?.stop());

  async function shoot(...args: readonly (string | number)[]) {
    const { stdout } = await run(program, args.map(String), {
      env: environment,
      encoding: "buffer",
      maxBuffer: 2 ** 26,
    });
    const length = Number.parseInt(stdout.toString("latin1", 16, 24), 16);
    const jpeg = stdout.subarray(24);
    expect(jpeg).toHaveLength(length);
    return { hash: stdout.toString("latin1", 0, 16), jpeg, ...(length > 0 ? sizeOf(jpeg) : {}) };
  }

  const paint = (colour: string) => run("xsetroot", ["-solid", colour], { env: environment });

  it.each([
    // Asked for, and the result: as large as fits, never larger than the screen, in the screen's proportions.
    [4096, 4096, 640, 400],
    [640, 400, 640, 400],
    [320, 4096, 320, 200],
    [4096, 100, 160, 100],
    [300, 300, 300, 187],
    [639, 400, 639, 399],
    [1, 1, 1, 1],
  ])("fit into %i x %i as %i x %i", async (width, height, across, down) => {
    expect(await shoot(width, height, 86, 1, 1)).toMatchObject({ width: across, height: down });
  });

  it("share colours among pixels as asked, and are smaller with less quality", async () => {
    await run("xsetroot", ["-mod", "16", "16", "-fg", "red", "-bg", "blue"], { env: environment });
    const [full, half, quarter] = [
      await shoot(640, 400, 86, 1, 1),
      await shoot(640, 400, 86, 2, 1),
      await shoot(640, 400, 15, 2, 2),
    ];
    expect([full, half, quarter].map(({ sampling }) => sampling)).toEqual([0x11, 0x21, 0x22]);
    expect(quarter.jpeg.length).toBeLessThan(half.jpeg.length);
    expect(half.jpeg.length).toBeLessThan(full.jpeg.length);
  });

  it("are not sent again while the hash is the same", async () => {
    await paint("#123456");
    const { hash } = await shoot(640, 400, 86, 1, 1);
    expect(hash).toMatch(/^[0-9a-f]{16}$/);
    expect(await shoot(320, 200, 86, 1, 1, hash)).toMatchObject({ hash, jpeg: Buffer.alloc(0) });
    await paint("#123457");
    const next = await shoot(640, 400, 86, 1, 1, hash);
    expect(next.hash).not.toBe(hash);
    expect(next.jpeg.length).toBeGreaterThan(0);
    await paint("#123456");
    expect((await shoot(640, 400, 86, 1, 1)).hash).toBe(hash);
  });

  it("fail with a reason where there is no X server, and with wrong arguments", async () => {
    const lost = { env: { ...environment, XAUTHORITY: join(dirname(program), "none") } };
    await expect(run(program, ["1", "1", "86", "1", "1"], lost)).rejects.toThrow(/X server: /);
    await expect(run(program, ["1", "1", "86"], { env: environment })).rejects.toThrow(/usage: /);
    await expect(run(program, ["0", "1", "86", "1", "1"], { env: environment })).rejects.toThrow(/usage: /);
  });
});

/** Size and colour sampling of a JPEG, from its frame header: ITU T.81, B.2.2. */
function sizeOf(jpeg: Buffer) {
  for (let at = 2; ; at += 2 + jpeg.readUInt16BE(at + 2)) {
    if (jpeg[at + 1] !== 0xc0) continue;
    return { height: jpeg.readUInt16BE(at + 5), width: jpeg.readUInt16BE(at + 7), sampling: jpeg[at + 11] };
  }
}
