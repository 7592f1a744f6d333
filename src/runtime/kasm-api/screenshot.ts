import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { attempt } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";
import { readBytes } from "../rfb/read-bytes.ts";
import { type Answer, refused, unavailable } from "./answer.ts";
import { createPlaces } from "./places.ts";
import { type Query, truth } from "./query.ts";

/** Takes pictures of the desktop. */
export interface Screenshots {
  take(query: Query): Promise<Answer>;
}

export interface ScreenshotOptions {
  /** The program that takes them: nix/screenshot/screenshot.c. */
  readonly program: string;
  /** What lets it reach the X server. */
  readonly environment: NodeJS.ProcessEnv;
  readonly log: Log;
  /** Milliseconds that it has. */
  readonly patience: number;
}

/** What is asked for. */
interface Wish {
  readonly width: number;
  readonly height: number;
  readonly quality: number;
}

/** KasmVNC's for what is not asked for: common/network/websocket.c. The screen's size is the most there is. */
const DEFAULTS: Wish = { width: 4096, height: 4096, quality: 7 };

/** Pictures at a time, also those that visitors are slow to take, and visitors who may wait for one of these places. */
const [MOST, MOST_WAITING] = [4, 32];

/**
 * Takes them by a process of its own each, so that they cost this one neither time nor memory. It remembers only the
 * hash of the last: who asks for the same once more with `deduplicate=true` gets that hash while nothing has changed.
 */
export function createScreenshots(options: ScreenshotOptions): Screenshots {
  let last: (Wish & { readonly hash: string }) | undefined;
  const places = createPlaces(MOST, MOST_WAITING);
  const take = async (wish: Wish, deduplicate: boolean): Promise<Answer> => {
    const isSame = last && NAMES.every((name) => last?.[name] === wish[name]);
    const known = deduplicate && isSame ? last?.hash : undefined;
    const program = attempt(options.log, NOT_STARTED, () => start(options, wish, known));
    if (!program) {
      places.free();
      return unavailable("the display is not there");
    }
    program.once("close", places.free);
    const head = await readHead(program, options);
    if (!head) return unavailable("the display is not there");
    last = { ...wish, hash: head.hash };
    if (head.length > 0) return { status: 200, jpeg: program.stdout as Readable, length: head.length };
    program.stdout?.resume();
    return { status: 200, text: head.hash };
  };
  return {
    async take(query) {
      const wish = readWish(query);
      if ("status" in wish) return wish;
      if (!(await places.take(options.patience))) return unavailable("too many screenshots are being taken");
      return await take(wish, truth(query, "deduplicate") ?? false);
    },
  };
}

const NOT_STARTED = { event: "screenshot.failed", advice: "There is no picture of the desktop." };

const NAMES = ["width", "height", "quality"] as const;
const LIMITS: Readonly<Record<(typeof NAMES)[number], readonly [number, number]>> = {
  width: [1, 65_535],
  height: [1, 65_535],
  quality: [0, 9],
};

/** As in KasmVNC, what does not begin with a digit counts as not asked for. */
function readWish(query: Query): Wish | Answer {
  const wish = { ...DEFAULTS };
  const faults: string[] = [];
  for (const name of NAMES) {
    const text = query.get(name) ?? "";
    const [least, most] = LIMITS[name];
    if (!/^\d/.test(text)) continue;
    wish[name] = Number(text);
    if (!/^\d+$/.test(text) || wish[name] < least || wish[name] > most)
      faults.push(`${name}: must be a whole number from ${least} to ${most}`);
  }
  return faults.length > 0 ? refused(...faults) : wish;
}

/**
 * libjpeg's quality, and how many pixels share a colour across and down, for each of the ten qualities that VNC knows:
 * TigerVNC's table, which KasmVNC has too (common/network/GetAPIMessager.cxx).
 */
const QUALITIES = [
  [15, 2, 2],
  [29, 2, 2],
  [41, 2, 2],
  [42, 2, 1],
  [62, 2, 1],
  [77, 2, 1],
  [79, 1, 1],
  [86, 1, 1],
  [92, 1, 1],
  [100, 1, 1],
] as const;

function start({ program, environment }: ScreenshotOptions, wish: Wish, known?: string): ChildProcess {
  const numbers = [wish.width, wish.height, ...(QUALITIES[wish.quality] ?? [])].map(String);
  // Most of what keeps it from starting comes as an event, and then that it has ended; the rest is thrown.
  return spawn(program, known === undefined ? numbers : [...numbers, known], {
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

const HASH_LENGTH = 16;
const HEAD_LENGTH = 24;

/** What the program says before the picture. Undefined when it fails, which is logged. */
async function readHead(program: ChildProcess, { log, patience }: ScreenshotOptions) {
  const ended = new AbortController();
  let words = "";
  program.stderr?.on("data", (chunk) => {
    words = `${words}${chunk}`.slice(-1_000);
  });
  program.on("error", (error) => {
    words = error.message;
    ended.abort();
  });
  program.once("close", () => ended.abort());
  const timer = setTimeout(() => program.kill("SIGKILL"), patience);
  try {
    const bytes = await readBytes(program.stdout as Readable, HEAD_LENGTH, ended.signal);
    const head = bytes.toString("latin1");
    const [hash, length] = [head.slice(0, HASH_LENGTH), Number.parseInt(head.slice(HASH_LENGTH), 16)];
    return { hash, length };
  } catch {
    log.warn({ event: "screenshot.failed", message: words.trim() || "the X server does not answer" });
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
