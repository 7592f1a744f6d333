import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { lastBuild } from "../../../src/engine/build.ts";
import { detectEngine, type Engine } from "../../../src/engine/detect.ts";
import type { Image } from "../../../src/engine/image.ts";
import { loadImage } from "../../../src/engine/load.ts";
import { readWheels } from "../../../src/wheels/read.ts";
import { $ } from "../../helpers/shell.ts";
import { listArchive } from "./layers.ts";
import { inRoot, nix, nixLines, ROOT } from "./nix.ts";

const WHEEL = /-python-pixelflux-files\.drv$/;

let image: Image;

beforeAll(async () => {
  // Where it could not be fetched, the desktop was built without it; this says why.
  await inRoot`./kasmix build desktop --frozen`;
  ({ image } = await lastBuild(ROOT, "desktop"));
});

test("the images of Debian's packages with TigerVNC share one layer, and no other image has it", async () => {
  const layerOf = async (name: string, ...args: string[]) => {
    const derivation = await nix("nix-instantiate", "nix", "--attr", name, ...args);
    const requisites = await nixLines("nix-store", "--query", "--requisites", derivation.split("!")[0] ?? "");
    return requisites.filter((path) => WHEEL.test(path));
  };
  const [shared = "none"] = await layerOf("desktop");
  expect(shared).toMatch(WHEEL);
  for (const name of ["chromium", "signal"]) expect(await layerOf(name), name).toEqual([shared]);
  expect(await layerOf("desktop-kasmvnc-release")).toEqual([]);
  expect(await layerOf("desktop", "--arg", "withoutWheels", "true")).toEqual([]);
});

test("the layer has the module and the libraries in the bill, and links in place of those that nothing calls", async () => {
  const [layer] = image.layers.filter(({ kind }) => kind === "wheel");
  const files = await listArchive(layer?.file ?? "");
  const inside = [...files].filter(([path]) => path.startsWith("opt/kasmix/python/pixelflux.libs/"));
  const named = (kind: string) =>
    inside
      .filter(([, { type }]) => type === kind)
      .map(([path]) => path.replace(/^.*\//, "").replace(/-[0-9a-f]{8}\./, "."));
  expect(named("symlink")).toEqual([
    expect.stringMatching(/^libSvtAv1Enc\.so/),
    expect.stringMatching(/^libdav1d\.so/),
    expect.stringMatching(/^libde265\.so/),
    expect.stringMatching(/^libx265\.so/),
  ]);
  const [pinned] = await readWheels(ROOT, "amd64");
  const version = (name: string) => pinned?.bundled.find((each) => each.name === name)?.version;
  const api = version("x264")?.replace("0.", "");
  expect(named("file")).toEqual([expect.stringMatching(/^libvpx\.so/), `libx264.so.${api}`, "stubs.so"]);
  const text = async (pattern: string) =>
    (await $`tar xOf ${layer?.file} --wildcards ${pattern} | strings -n 5`).stdout;
  expect(await text("*/libvpx-*")).toContain(`VP9 Encoder v${version("libvpx")}\n`);
  expect(await text("*/pixelflux.cpython-*")).toContain(`libjpeg-turbo version ${version("libjpeg-turbo")} `);
});

describe("in the image", () => {
  let engine: Engine;
  let container: string;

  beforeAll(async () => {
    engine = await detectEngine();
    const loaded = await loadImage(engine, image);
    const script = join(import.meta.dirname, "encode-frames.py");
    const options = [
      "--detach",
      "--network",
      "none",
      "--cap-drop",
      "ALL",
      "--volume",
      `${script}:/encode.py:ro`,
    ];
    const python = ["--env", "PYTHONPATH=/opt/kasmix/python", "--env", "DISPLAY=:7"];
    const server = ["-geometry", "320x200", "-SecurityTypes", "None", "-localhost"];
    const command = ["--entrypoint", "Xtigervnc", loaded.image, ":7", ...server];
    container = (await engine.run(["run", ...options, ...python, ...command])).trim();
  });

  afterAll(async () => void (await engine?.attempt(["rm", "--force", "--volumes", container])));

  test("Debian's Python encodes by it, and a codec that is left out fails as if the library could not", async () => {
    const wait = "until [ -S /tmp/.X11-unix/X7 ]; do sleep 0.1; done";
    const run = `${wait}; exec python3 /encode.py h264 vp9 av1 h265 2> /dev/null`;
    const printed = await engine.run(["exec", container, "timeout", "120", "bash", "-c", run]);
    const h264 = { codec: "h264", encoder: "x264", start: "00000001" };
    // pixelflux writes its log to standard output.
    expect(JSON.parse(printed.trim().split("\n").at(-1) ?? "")).toEqual([
      { asked: "h264", ...h264 },
      { asked: "vp9", codec: "vp9", encoder: "libvpx", start: expect.any(String) },
      // pixelflux takes the next codec by itself.
      { asked: "av1", ...h264 },
      { asked: "h265", ...h264 },
    ]);
  });
});

test("a wheel that cannot be had is left out with a warning, --frozen refuses, and it is taken when it can be had", async () => {
  const root = await copyProject();
  const pins = join(root, "nix/locks/wheels.json");
  const committed = await readFile(pins, "utf8");
  const lost = committed
    .replaceAll("https://github.com", "https://wheels.invalid")
    .replace(/"sha256": "./g, '"sha256": "0');
  await writeFile(pins, lost);
  const kasmix = $({
    cwd: root,
    nothrow: true,
    env: { ...process.env, PIP_NO_INDEX: "1", KASMIX_VENDOR_DIR: "" },
  });
  const build = (...flags: string[]) =>
    kasmix`node --import tsx src/cli/main.ts build desktop --json ${flags}`;

  const refused = await build("--frozen");
  expect(refused.exitCode).toBe(4);
  expect(JSON.parse(refused.stdout).error).toMatchObject({
    code: "E_FETCH",
    faults: [{ message: expect.stringMatching(/pip does not get .*\nwheels\.invalid does not send /) }],
  });

  const without = await build();
  expect(without.stderr).toMatch(/^warning: pixelflux .* cannot be downloaded, so desktop is built without/m);
  const kinds = (stdout: string) => JSON.parse(stdout).layers.map(({ kind }: { kind: string }) => kind);
  expect(kinds(without.stdout)).toEqual(["packages", "packages", "files", "files"]);
  // It is the workspace's last build: it can be loaded, and gets a bill.
  const bill = await kasmix`node --import tsx src/cli/main.ts sbom desktop`;
  expect(bill.exitCode, bill.stderr).toBe(0);
  expect(bill.stdout).not.toContain("pixelflux");
  const again = await build();
  expect(JSON.parse(again.stdout).digest).toBe(JSON.parse(without.stdout).digest);
  expect(again.stderr).toMatch(/is up to date/);

  await writeFile(pins, committed);
  const whole = await build("--frozen");
  expect(kinds(whole.stdout)).toEqual(["packages", "packages", "files", "wheel", "files"]);
  expect(JSON.parse(whole.stdout).digest).toBe(image.digest);
});

/** A copy of the checkout, so that its pins can change. */
async function copyProject(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "kasmix-wheels-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const part of ["nix", "src", "workspaces", "package.json", "package-lock.json", "tsconfig.json"]) {
    await cp(join(ROOT, part), join(root, part), { recursive: true });
  }
  await symlink(join(ROOT, "node_modules"), join(root, "node_modules"));
  return root;
}
