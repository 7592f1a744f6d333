import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Device, openDevice } from "../../../src/runtime/gamepad/device.ts";
import type { Rumble } from "../../../src/runtime/gamepad/rumble.ts";
import { NEUTRAL } from "../../../src/wire/gamepad.ts";
import { eventually } from "../../helpers/eventually.ts";
import { $ } from "../../helpers/shell.ts";
import { memoryLog } from "../../runtime/memory-log.ts";
import { nix } from "./nix.ts";

/** The library as it is in the images, loaded by programs of this machine. */
const PYTHON = "/usr/bin/python3";
const SCRIPT = join(import.meta.dirname, "gamepad-programs.py");
const A = { ...NEUTRAL, buttons: 1 };
const PRESSED = [
  [1, 0x130, 1],
  [0, 0, 0],
];
const LET_GO = [
  [1, 0x130, 0],
  [0, 0, 0],
];

let library: string;
let folder: string;
let device: Device;
let rumbles: Rumble[];
const children: ChildProcess[] = [];

beforeAll(async () => {
  library = await nix("nix-build", "nix", "--attr", "parts.devices", "--no-out-link");
}, 300_000);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kasmix-gamepad-"));
  rumbles = [];
  const onRumble = (rumble: Rumble) => void rumbles.push(rumble);
  device = openDevice({ folder, number: 1, onRumble, log: memoryLog().log });
  device.plug();
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  device.close();
  rmSync(folder, { recursive: true, force: true });
});

const environment = () => ({ ...process.env, LD_PRELOAD: library, KASMIX_GAMEPADS: folder });

/** Runs one of the programs to its end. */
async function run(name: string): Promise<Record<string, unknown>[]> {
  const { stdout } = await $({ env: environment(), timeout: 60_000 })`${PYTHON} ${SCRIPT} ${name}`;
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** Starts one of the programs; returns its output line by line. */
function start(name: string) {
  const child = spawn(PYTHON, [SCRIPT, name], { env: environment(), stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    next: async () => JSON.parse((await lines.next()).value as string),
    goOn: () => child.stdin.write("\n"),
  };
}

describe("a program that uses the system's interface", () => {
  it("finds character devices in /dev/input, only of plugged gamepads", async () => {
    expect(await run("look")).toEqual([
      {
        listed: ["event1", "js1"],
        scanned: ["event1", "js1"],
        globbed: ["/dev/input/js1"],
        device: [true, true, true],
        numbers: [
          [13, 65],
          [13, 65],
          [13, 1],
        ],
        allowed: [true, false],
        exclusive: true,
      },
    ]);
  });

  it("reads the gamepad's controls and what is held", async () => {
    device.show({ buttons: (1 << 16) | 1 | (1 << 13), triggers: [200, 0], axes: [-32768, 0, 0, 0] });
    const keys = [0x130, 0x131, 0x133, 0x134, 0x136, 0x137, 0x13a, 0x13b, 0x13c, 0x13d, 0x13e];
    const axes = [0, 1, 2, 3, 4, 5, 16, 17];
    expect(await run("controls")).toEqual([
      {
        version: 0x10001,
        id: [3, 0x45e, 0x28e, 0x114],
        name: "Microsoft X-Box 360 pad",
        short: [5, "Micro"],
        types: [0, 1, 3, 0x15],
        keys,
        axes,
        effects: [0x50],
        nothing: [],
        held: [0x130, 0x13c],
        stick: [-32768, -32768, 32767, 16, 128, 0],
        trigger: [200, 0, 255, 0, 0, 0],
        cross: [1, -1, 1, 0, 0, 0],
        grabbed: 0,
        refused: 22,
        foreign: 25,
      },
      {
        version: 0x20100,
        axes: 8,
        buttons: 11,
        name: "Microsoft X-Box 360 pad",
        axis_map: axes,
        button_map: keys,
        initial: 152,
      },
    ]);
  });

  it("waits, reads, duplicates, forks; and gets an error at the end instead of a signal", async () => {
    const program = start("follow");
    expect(await program.next()).toEqual({ empty: 11 });
    device.show(A);
    expect(await program.next()).toEqual({ polled: [1], epolled: [1] });
    expect(await program.next()).toEqual({ events: PRESSED });
    device.show(NEUTRAL);
    expect(await program.next()).toEqual({ twin: "Microsoft", events: LET_GO });
    device.show(A);
    expect(await program.next()).toEqual({ child: PRESSED, name: "Microsoft" });
    device.unplug();
    expect(await program.next()).toEqual({ end: 19, order: 19, missing: 2 });
  });

  it("makes it rumble", async () => {
    const program = start("rumble");
    expect(await program.next()).toEqual({ effect: 0 });
    await eventually(() => expect(rumbles).toEqual([{ strong: 0xc000, weak: 0x4000, duration: 700 }]));
    program.goOn();
    expect(await program.next()).toEqual({ removed: true });
    program.goOn();
  });

  // Reading a file to its end asked for the address of the other end, which ends a renderer of Chromium.
  it("may be in a sandbox", async () => {
    expect(await run("confined")).toEqual([{ socket: true, written: 24, listed: ["event1", "js1"] }]);
  });

  it("may have many threads", async () => {
    expect(await run("threads")).toEqual([{ faults: [] }]);
  });
});

describe("programs without gamepads", () => {
  const COMMANDS = [
    ["ls", "-la", "/usr/lib", "/dev"],
    ["find", "/etc", "-maxdepth", "2"],
    ["sh", "-c", "seq 1 20000 | sort -n | md5sum; cat /nowhere /dev/input/event0; echo $?"],
    [
      PYTHON,
      "-c",
      "import ctypes, socket, ssl, sqlite3, subprocess; print(subprocess.getoutput('echo hello'))",
    ],
    [
      "node",
      "-e",
      "console.log(require('fs').statSync('/usr').isDirectory(), require('fs').existsSync('/dev/input'))",
    ],
  ] as const;

  it.each(COMMANDS.map(([program, ...args]) => [program, args] as const))(
    "run the same with the library: %s",
    async (program, args) => {
      const outcome = async (env: NodeJS.ProcessEnv) => {
        const { exitCode, stdout, stderr } = await $({ env, nothrow: true })`exec ${program} ${args}`;
        return { exitCode, stdout, stderr };
      };
      const plain = await outcome({ ...process.env, LC_ALL: "C" });
      const gone = join(folder, "gone");
      mkdirSync(join(folder, "empty"));
      for (const KASMIX_GAMEPADS of [undefined, "", gone, "relative", "/".padEnd(9_000, "x")])
        expect(await outcome({ ...process.env, LC_ALL: "C", LD_PRELOAD: library, KASMIX_GAMEPADS })).toEqual(
          plain,
        );
    },
  );
});
