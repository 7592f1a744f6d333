import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type CameraDevice, openCameraDevice } from "../../../src/runtime/camera/device.ts";
import { $ } from "../../helpers/shell.ts";
import { memoryLog } from "../../runtime/memory-log.ts";
import { nix } from "./nix.ts";

/** The library as it is in the images, loaded by a program of this machine. */
const SCRIPT = join(import.meta.dirname, "camera-program.py");
const OFF = Buffer.from("off");

let library: string;
let folder: string;
let device: CameraDevice;

beforeAll(async () => {
  library = await nix("nix-build", "nix", "--attr", "parts.devices", "--no-out-link");
}, 300_000);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kasmix-camera-"));
  device = openCameraDevice({
    path: join(folder, "video0"),
    picture: OFF,
    // What is recorded from then on: more than a socket takes at once.
    onWatched: (watched) => watched && device.show(LARGE),
    log: memoryLog().log,
  });
});

afterEach(() => {
  device.close();
  rmSync(folder, { recursive: true, force: true });
});

const LARGE = Buffer.alloc(500_000, "picture ");

test("a program finds one camera in /dev, and streams its pictures, also a second time", async () => {
  const env = { ...process.env, LD_PRELOAD: library, KASMIX_CAMERA: join(folder, "video0") };
  const { stdout } = await $({ env, timeout: 60_000 })`/usr/bin/python3 ${SCRIPT} 6 2`;
  const { streams, ...said } = JSON.parse(stdout);
  expect(said).toEqual({
    listed: ["video0"],
    globbed: ["/dev/video0"],
    device: [true, 81, 0],
    same: true,
    card: "Camera of the browser",
    capabilities: 0x04000001,
    format: "MJPG",
    formats: "EINVAL",
    given: [640, 480],
    unknown: "ENOTTY",
    unready: "EINVAL",
  });
  const [first, second] = streams as string[][];
  const lengths = (pictures?: string[]) => new Set(pictures?.map(({ length }) => length));
  expect(first).toHaveLength(6);
  expect(lengths(first)).toEqual(new Set([OFF.length, LARGE.length]));
  expect(first?.at(-1)).toBe(LARGE.toString());
  expect(second).toEqual([LARGE.toString(), LARGE.toString()]);
});

test("a program without the variable finds none", async () => {
  const env = { ...process.env, LD_PRELOAD: library };
  const look = "import os; print([name for name in os.listdir('/dev') if name.startswith('video')])";
  const { stdout } = await $({ env, timeout: 60_000 })`/usr/bin/python3 -c ${look}`;
  const { stdout: plain } = await $`/usr/bin/python3 -c ${look}`;
  expect(stdout).toBe(plain);
});
