import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { KasmixError } from "../../../../src/model/error.ts";
import type { Context } from "../../context.ts";
import { stopChild } from "../../load/children.ts";

/** Viewers without a browser, which decode nothing. */
export interface CrowdOrder {
  /** What they speak. */
  readonly kind: "stream" | "rfb" | "selkies";
  /** The WebSocket's address. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

export interface Crowd {
  /** Frames that each of them has got so far. Throws E_ENGINE when one was lost. */
  frames(): Promise<readonly number[]>;
  close(): Promise<void>;
}

/** Has so many viewers watch, in a process of their own. */
export async function gatherCrowd(context: Context, order: CrowdOrder, count: number): Promise<Crowd> {
  if (count === 0) return { frames: async () => [], close: async () => {} };
  const child = fork(path.join(import.meta.dirname, "child.ts"), [], {
    execArgv: ["--import", "tsx"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const close = () => stopChild(child);
  context.atEnd(close);
  await ask(child, { order, count }).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return { frames: () => ask(child, "frames"), close };
}

/** What the child process answers: the frames of each viewer, or why there are none. */
export type CrowdAnswer = { readonly frames: readonly number[] } | { readonly failure: string };

async function ask(child: ChildProcess, question: object | string): Promise<readonly number[]> {
  const answered = Promise.race([once(child, "message"), once(child, "exit").then(() => [GONE])]);
  child.send(question);
  const [answer] = (await answered) as [CrowdAnswer];
  if ("frames" in answer) return answer.frames;
  throw new KasmixError("E_ENGINE", `A viewer was lost: ${answer.failure}.`);
}

const GONE: CrowdAnswer = { failure: "the viewers' process has ended" };
