import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import { eventually } from "./eventually.ts";

const run = promisify(execFile);

/** Samples a second of what `record` gives. */
export const RATE = 48_000;

/** The programs that a loudspeaker needs and this machine lacks. */
export const missingForSound = ["pulseaudio", "parec"].filter((name) => !existsSync(`/usr/bin/${name}`));

/** A sound server of this machine whose loudspeaker only the test hears. */
export interface Loudspeaker {
  /** What programs need in their environment to play on it. */
  readonly environment: Readonly<Record<string, string>>;
  /** What is played in so many seconds, in one channel, as numbers between -1 and 1. */
  record(seconds: number): Promise<Float32Array>;
  stop(): Promise<void>;
}

/** Browsers other than Chromium play nothing where there is nothing to play on. */
export async function startLoudspeaker(): Promise<Loudspeaker> {
  const folder = mkdtempSync(join(tmpdir(), "kasmix-loudspeaker-"));
  const socket = join(folder, "native");
  const modules = [
    `module-null-sink rate=${RATE}`,
    `module-native-protocol-unix socket=${socket} auth-anonymous=1`,
  ];
  const options = ["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"];
  const server = spawn("pulseaudio", [...options, ...modules.flatMap((module) => ["--load", module])], {
    env: { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder },
    stdio: "ignore",
  });
  await eventually(() => expect(existsSync(socket)).toBe(true));
  const environment = { PULSE_SERVER: `unix:${socket}` };
  return {
    environment,
    async record(seconds) {
      const format = ["--raw", "--format=float32le", `--rate=${RATE}`, "--channels=1", "--latency-msec=20"];
      const args = [`${seconds}`, "parec", "--device=@DEFAULT_MONITOR@", ...format];
      const { stdout } = await run("timeout", ["--preserve-status", ...args], {
        env: { ...process.env, ...environment },
        encoding: "buffer",
        maxBuffer: 2 ** 26,
      });
      const whole = stdout.subarray(0, stdout.length - (stdout.length % 4));
      return Float32Array.from({ length: whole.length / 4 }, (_, index) => whole.readFloatLE(4 * index));
    },
    async stop() {
      const ended = once(server, "exit");
      server.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
