import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { attempt } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";
import { readBytes } from "../rfb/read-bytes.ts";
import { type Answer, refused, unavailable } from "./answer.ts";
import { type Query, readFlag } from "./query.ts";
import { createSemaphore } from "./semaphore.ts";

export interface ScreenshotOptions {
  /** The program that takes them: nix/screenshot/screenshot.c. */
  readonly program: string;
  /** Its environment, for access to the X server. */
  readonly environment: NodeJS.ProcessEnv;
  readonly log: Log;
  /** Milliseconds for each. */
  readonly patience: number;
}

/** The requested picture. */
interface Wish {
  readonly width: number;
  readonly height: number;
  readonly quality: number;
}

/** KasmVNC's defaults: common/network/websocket.c. Pictures are never larger than the screen. */
const DEFAULTS: Wish = { width: 4096, height: 4096, quality: 7 };

/** Concurrent pictures, until they are sent, and requests that may wait for one. */
const [MOST, MOST_WAITING] = [4, 32];

/**
 * Takes each screenshot by a separate process, so that it costs this one neither time nor memory. Only the hash of the
 * last picture is kept: the same request with `deduplicate=true` gets the hash while the screen has not changed.
 */
export function createScreenshots(options: ScreenshotOptions): (query: Query) => Promise<Answer> {
  let last: (Wish & { readonly hash: string }) | undefined;
  const semaphore = createSemaphore(MOST, MOST_WAITING);
  const take = async (wish: Wish, deduplicate: boolean): Promise<Answer> => {
    const isSame = last && NAMES.every((name) => last?.[name] === wish[name]);
    const known = deduplicate && isSame ? last?.hash : undefined;
    const program = attempt(options.log, NOT_STARTED, () => start(options, wish, known));
    if (!program) {
      semaphore.release();
      return unavailable("there is no display");
    }
    program.once("close", semaphore.release);
    const head = await readHead(program, options);
    if (!head) return unavailable("there is no display");
    last = { ...wish, hash: head.hash };
    if (head.length > 0) return { status: 200, jpeg: program.stdout as Readable, length: head.length };
    program.stdout?.resume();
    return { status: 200, text: head.hash };
  };
  return async (query) => {
    const wish = readWish(query);
    if ("status" in wish) return wish;
    if (!(await semaphore.acquire(options.patience)))
      return unavailable("too many screenshots are being taken");
    return await take(wish, readFlag(query, "deduplicate") ?? false);
  };
}

const NOT_STARTED = { event: "screenshot.failed", advice: "No screenshot can be taken." };

const NAMES = ["width", "height", "quality"] as const;
const LIMITS: Readonly<Record<(typeof NAMES)[number], readonly [number, number]>> = {
  width: [1, 65_535],
  height: [1, 65_535],
  quality: [0, 9],
};

/** As in KasmVNC, a value that does not begin with a digit is ignored. */
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
 * libjpeg's quality and horizontal and vertical chroma subsampling for each of VNC's ten qualities: TigerVNC's table,
 * which KasmVNC uses too (common/network/GetAPIMessager.cxx).
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
  // Most failures to start come as "error" and "close" events; some are thrown.
  return spawn(program, known === undefined ? numbers : [...numbers, known], {
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

const HASH_LENGTH = 16;
const HEAD_LENGTH = 24;

/** The program's header before the picture. Undefined when it fails, which is logged. */
async function readHead(program: ChildProcess, { log, patience }: ScreenshotOptions) {
  const ended = new AbortController();
  let errors = "";
  program.stderr?.on("data", (chunk) => {
    errors = `${errors}${chunk}`.slice(-1_000);
  });
  program.on("error", (error) => {
    errors = error.message;
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
    log.warn({ event: "screenshot.failed", message: errors.trim() || "the X server does not answer" });
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
