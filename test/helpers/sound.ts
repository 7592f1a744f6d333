import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { TestContainer } from "./container.ts";
import { eventually, PATIENCE } from "./eventually.ts";
import { amplitudeAt } from "./tone.ts";

/** What a program that the test starts needs in its environment; the desktop's own programs have it. */
export const SERVER = "PULSE_SERVER=unix:$(echo /tmp/kasmix-*/pulse/native)";

/** Connects an analyser to what the page plays; the page's first script. */
export const EAVESDROP = `{
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode) {
      globalThis.analyser = new AnalyserNode(this.context, { fftSize: 16384, smoothingTimeConstant: 0 });
      globalThis.source = this;
      connect.call(this, analyser);
    }
    return connect.call(this, target, ...rest);
  };
}`;

/** Frequency of the strongest tone, in hertz, and root mean square of what the page has just played. */
export interface Heard {
  readonly frequency: number;
  readonly level: number;
}

/** What the page plays; `EAVESDROP` must have run in it. */
export function listen(page: Page): Promise<Heard> {
  return page.evaluate<Heard>(`(() => {
    if (!globalThis.analyser) return { frequency: 0, level: 0 };
    const wave = new Float32Array(analyser.fftSize);
    const spectrum = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatTimeDomainData(wave);
    analyser.getFloatFrequencyData(spectrum);
    const strongest = spectrum.indexOf(Math.max(...spectrum));
    return {
      frequency: (strongest * analyser.context.sampleRate) / analyser.fftSize,
      level: Math.sqrt(wave.reduce((sum, value) => sum + value * value, 0) / wave.length),
    };
  })()`);
}

/** Level of a tone with an amplitude of a half. */
const LEVEL = 0.5 / Math.SQRT2;

/** Waits until the page plays the 1 kHz tone as loud as the desktop does, times `gain`. */
export async function hears(page: Page, gain = 1): Promise<void> {
  const tone = async () => {
    const { frequency, level } = await listen(page);
    expect(Math.abs(frequency - 1_000), `${frequency} Hz`).toBeLessThan(10);
    expect(level / (LEVEL * gain), `level ${level}`).toBeCloseTo(1, 1);
  };
  await eventually(tone, { timeout: PATIENCE });
}

/** Waits until the page plays nothing. */
export async function hearsNothing(page: Page): Promise<void> {
  await eventually(async () => expect((await listen(page)).level).toBeLessThan(0.001), { timeout: PATIENCE });
}

const MAKE_TONE = `
  const rate = 44100, seconds = 300, samples = Buffer.alloc(rate * seconds * 4), head = Buffer.alloc(44);
  for (let index = 0; index < rate * seconds; index++) {
    const value = Math.round(Math.sin(index * 2 * Math.PI * 1000 / rate) * 16384);
    samples.writeInt16LE(value, index * 4);
    samples.writeInt16LE(value, index * 4 + 2);
  }
  head.write("RIFF", 0); head.writeUInt32LE(36 + samples.length, 4); head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16); head.writeUInt16LE(1, 20); head.writeUInt16LE(2, 22); head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 4, 28); head.writeUInt16LE(4, 32); head.writeUInt16LE(16, 34);
  head.write("data", 36); head.writeUInt32LE(samples.length, 40);
  require("node:fs").writeFileSync("/tmp/tone.wav", Buffer.concat([head, samples]));
`;

/** Writes /tmp/tone.wav in the container: 1 kHz with half the full amplitude. */
export async function makeTone(container: TestContainer): Promise<void> {
  await container.exec("node", "-e", MAKE_TONE);
}

/** Starts a program of the desktop that plays this tone until `stopTone`. */
export async function playTone(container: TestContainer): Promise<void> {
  await makeTone(container);
  await container.shell(`${SERVER} paplay /tmp/tone.wav >/dev/null 2>&1 & sleep 0.1; kill -0 $!`);
}

export async function stopTone(container: TestContainer): Promise<void> {
  await container.attempt("pkill", "-x", "paplay");
}

const RECORD =
  "timeout --preserve-status 1 parec --device=@DEFAULT_MONITOR@ --raw --format=float32le --rate=48000 --channels=1";

/** Amplitude of a tone of this frequency in what the desktop's sound server plays, 1 at most. */
export async function loudness(container: TestContainer, frequency: number): Promise<number> {
  const recorded = Buffer.from(await container.shell(`${SERVER} ${RECORD} | base64 -w 0`), "base64");
  const samples = Array.from({ length: Math.floor(recorded.length / 4) }, (_, at) =>
    recorded.readFloatLE(4 * at),
  );
  return samples.length === 0 ? 0 : amplitudeAt(samples, frequency, 48_000);
}

/** The number of encoders in the container. */
export async function encoders(container: TestContainer): Promise<number> {
  const { stdout } = await container.attempt("pgrep", "-c", "sound-encoder");
  return Number(stdout);
}

/** Beeps for 30 ms about once a second, and writes the time at which the sound server plays each beep, in milliseconds. */
const BEEP = `
  const { spawn } = require("node:child_process");
  const format = ["--raw", "--rate=48000", "--channels=2", "--format=s16le", "--latency-msec=10"];
  const player = spawn("pacat", format, { stdio: ["pipe", "ignore", "ignore"] });
  const second = Buffer.alloc(48000 * 4);
  for (let index = 0; index < 1440; index++) {
    const value = Math.round(Math.sin(index * 2 * Math.PI * 1000 / 48000) * 16384);
    second.writeInt16LE(value, index * 4);
    second.writeInt16LE(value, index * 4 + 2);
  }
  const write = () => player.stdin.write(second, write);
  write();
  const recorder = spawn("parec", ["--device=@DEFAULT_MONITOR@", ...format], { stdio: ["ignore", "pipe", "ignore"] });
  let quiet = 0;
  recorder.stdout.on("data", (chunk) => {
    const end = Date.now();
    for (let at = 0; at + 4 <= chunk.length; at += 4) {
      const isLoud = Math.abs(chunk.readInt16LE(at)) > 3000;
      if (isLoud && quiet > 9600)
        require("node:fs").appendFileSync("/tmp/beeps", Math.round(end - (chunk.length - at) / 192) + "\\n");
      quiet = isLoud ? 0 : quiet + 1;
    }
  });
`;

/** Starts a program of the desktop that beeps until `stopBeeps`. */
export async function playBeeps(container: TestContainer): Promise<void> {
  const command = `${SERVER} exec node -e "$1" >/dev/null 2>&1 &`;
  await container.shell(command, BEEP);
}

/** Ends the beeps and returns the times at which the sound server played them. */
export async function stopBeeps(container: TestContainer): Promise<number[]> {
  const beeps = await container.exec("cat", "/tmp/beeps");
  await container.attempt("pkill", "-f", "node -e");
  return beeps.trim().split("\n").map(Number);
}

/** The times at which the page plays so many beeps, by the same clock. `EAVESDROP` must have run in the page. */
export function beepsHeard(page: Page, count: number): Promise<number[]> {
  return page.evaluate<number[]>(`new Promise((resolve) => {
    const wave = new Float32Array(256);
    const fine = new AnalyserNode(analyser.context, { fftSize: 256 });
    globalThis.source.connect(fine);
    const found = [];
    let loud = false;
    const timer = setInterval(() => {
      fine.getFloatTimeDomainData(wave);
      const isLoud = wave.some((value) => Math.abs(value) > 0.1);
      if (isLoud && !loud && Date.now() - (found.at(-1) ?? 0) > 200) found.push(Date.now());
      loud = isLoud;
      if (found.length < ${count}) return;
      clearInterval(timer);
      resolve(found);
    }, 2);
  })`);
}
