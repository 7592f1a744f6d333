import { execFile, spawn, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prefetch } from "../../../src/debian/prefetch.ts";
import { readLock } from "../../../src/debian/read.ts";
import { openDevice } from "../../../src/runtime/gamepad/device.ts";
import { startLoudspeaker } from "../../helpers/loudspeaker.ts";
import { $ } from "../../helpers/shell.ts";
import { startXServer } from "../../runtime/clipboard/x-server.ts";
import { memoryLog } from "../../runtime/memory-log.ts";
import { listArchive } from "./layers.ts";
import { nix, ROOT } from "./nix.ts";

const missing = ["qemu-aarch64", "Xtigervnc", "pulseaudio"].filter(
  (program) => spawnSync("which", [program]).status !== 0,
);
const reason = missing.length > 0 ? ` (not run: ${missing.join(", ")} missing)` : "";

const run = promisify(execFile);

/** The sources of a C part, with the flags for the compiler. */
interface Part {
  readonly sources: readonly string[];
  readonly flags: readonly string[];
}

/**
 * ownership.c had an instruction of x86, so nothing could be built for arm64, and no test noticed. Here the compiler of
 * the arm64 lock makes each part with the flags of its derivation, and an emulator runs compiler and parts. A build by
 * Nix would need an arm64 machine.
 */
describe.skipIf(missing.length > 0)(`for arm64, the parts in C${reason}`, () => {
  let folder: string;
  let tree: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kasmix-arm64-"));
    tree = join(folder, "tree");
    const [tools, parts] = [await unpackTools(), await readParts()];
    await mkdir(join(tree, ".kasmix"), { recursive: true });
    for (const name of ["usr", "lib"]) await symlink(join(tools, name), join(tree, name));
    await Promise.all(Object.entries(parts).map(([name, part]) => compile(name, part)));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** The command line that runs a program of arm64; it finds the tree's files before this machine's. */
  const emulated = (program: string, environment: Record<string, string> = {}) => [
    ...["qemu-aarch64", "-L", tree],
    ...Object.entries(environment).flatMap(([name, value]) => ["-E", `${name}=${value}`]),
    program,
  ];
  const tar = (environment: Record<string, string>) => emulated(join(tree, "usr/bin/tar"), environment);

  /** Does what compile.sh does. */
  async function compile(name: string, { sources, flags }: Part): Promise<void> {
    const code = sources.filter((file) => file.endsWith(".c"));
    const compiler = emulated(join(tree, "usr/bin/tcc"));
    await $`${compiler} -Wall -Werror -o ${join(folder, name)} ${code} ${flags}`;
    if (!flags.includes("-shared")) return;
    await $`${compiler} -run ${join(ROOT, "nix/debian/no-exec-stack.c")} ${join(folder, name)}`;
    expect(await stackFlags(join(folder, name))).toBe("rw");
  }

  it.concurrent("ownership.so remembers owners, set-id bits and capabilities", async () => {
    await writeFile(join(tree, ".kasmix/owners"), "");
    const [files, unpacked, archive] = ["files", "unpacked", "archive.tar"].map((name) => join(folder, name));
    await $`mkdir ${files} ${unpacked} && touch ${files}/program && chmod 4751 ${files}/program`;
    const format = ["--format=pax", "--numeric-owner", "--xattrs", "--xattrs-include=security.capability"];
    await $`tar -C ${files} -c --owner=1234 --group=43 --numeric-owner -f ${archive} program`;
    const remembering = tar({ LD_PRELOAD: join(folder, "ownership.so") });
    await $`${remembering} -C ${unpacked} -x -p --same-owner ${format} -f ${archive}`;
    const real = await stat(join(unpacked ?? "", "program"));
    expect([real.mode & 0o7777, real.uid]).toEqual([0o751, process.getuid?.()]);
    const again = join(folder, "again.tar");
    await $`${remembering} -C ${unpacked} -c ${format} -f ${again} program`;
    expect((await listArchive(again)).get("program")).toMatchObject({ mode: 0o4751, uid: 1234, gid: 43 });
  });

  it.concurrent("devices.so shows a gamepad's devices", async () => {
    const device = openDevice({ folder, number: 1, onRumble: () => {}, log: memoryLog().log });
    try {
      device.plug();
      const devices = ["/dev/input/event1", "/dev/input/js1"];
      const loaded = { LD_PRELOAD: join(folder, "devices.so"), KASMIX_GAMEPADS: folder };
      const { stdout } = await $`${tar(loaded)} -c -P --numeric-owner -f - ${devices} | tar -t -v -P -f -`;
      expect(stdout).toMatch(/^c.* 13,65 .*\/dev\/input\/event1$/m);
      expect(stdout).toMatch(/^c.* 13,1 .*\/dev\/input\/js1$/m);
    } finally {
      device.close();
    }
  });

  it.concurrent("screenshot takes a picture of a display", async () => {
    const x = await startXServer(() => ["-geometry", "640x400", "-depth", "24"]);
    try {
      const [command = "", ...rest] = emulated(join(folder, "screenshot"));
      const options = { env: x.environment, encoding: "buffer" } as const;
      const { stdout } = await run(command, [...rest, "320", "200", "86", "1", "1"], options);
      expect(stdout.toString("hex", 24, 27)).toBe("ffd8ff");
    } finally {
      await x.stop();
    }
  });

  it.concurrent.each(["opus", "mp2"])("sound-encoder encodes as %s", async (format) => {
    const loudspeaker = await startLoudspeaker();
    const [command = "", ...rest] = emulated(join(folder, "sound-encoder"));
    const encoder = spawn(command, [...rest, format], {
      env: { ...process.env, ...loudspeaker.environment },
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      const times: number[] = [];
      let unread = Buffer.alloc(0);
      for await (const chunk of encoder.stdout) {
        unread = Buffer.concat([unread, chunk]);
        while (unread.length >= 10 && unread.length >= 10 + unread.readUInt16BE(0)) {
          times.push(Number(unread.readBigUInt64BE(2)));
          unread = unread.subarray(10 + unread.readUInt16BE(0));
        }
        if (times.length >= 3) break;
      }
      expect(times.slice(0, 3)).toEqual(format === "opus" ? [0, 10_000, 20_000] : [0, 26_122, 52_244]);
    } finally {
      encoder.kill();
      await loudspeaker.stop();
    }
  });
});

/** The packages of the arm64 lock of the tools, unpacked by this machine's builder; the store keeps them. */
async function unpackTools(): Promise<string> {
  await prefetch([await readLock(ROOT, "tools", "arm64")]);
  const expression = `
    let
      parts = system: (import ${ROOT}/nix { inherit system; }).parts;
      lock = builtins.fromJSON (builtins.readFile ${ROOT}/nix/locks/arm64/tools.json);
    in
    (parts "x86_64-linux").bootstrap.run "arm64-tools" ${ROOT}/nix/debian/unpack.sh {
      debs = map (package: (parts "aarch64-linux").bootstrap.debOf package.name) lock.packages;
    }`;
  return nix("nix-build", "--no-out-link", "--expr", expression);
}

/** The C parts by the file that Nix makes of them. */
async function readParts(): Promise<Readonly<Record<string, Part>>> {
  const expression = `
    let
      inherit (import ${ROOT}/nix { system = "aarch64-linux"; }) parts;
      read = part: {
        inherit (part) name;
        value = { inherit (part) flags; sources = map toString part.sources; };
      };
    in
    builtins.listToAttrs (map read [ parts.devices parts.screenshot parts.soundEncoder parts.tools.ownership
      parts.hideSecrets parts.nss parts.undumpable ])`;
  return JSON.parse(await nix("nix-instantiate", "--eval", "--strict", "--json", "--expr", expression));
}

/** What a 64-bit library asks for its programs' stack: without a header of its own it would be executable. */
async function stackFlags(library: string): Promise<string> {
  const bytes = await readFile(library);
  const [start, count] = [Number(bytes.readBigUInt64LE(32)), bytes.readUInt16LE(56)];
  const headers = Array.from({ length: count }, (_, index) => start + 56 * index);
  const stack = headers.find((at) => bytes.readUInt32LE(at) === 0x6474e551);
  return stack !== undefined && bytes.readUInt32LE(stack + 4) === 6 ? "rw" : "rwx";
}
