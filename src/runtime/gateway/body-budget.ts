import type { ServerResponse } from "node:http";
import { sendText } from "./send.ts";

/** Memory that is reserved for bodies. */
export interface Share {
  /** Gives back all but so many bytes. */
  keep(bytes: number): void;
  /** Gives back the rest; may be called again. */
  release(): void;
}

export interface BudgetOptions {
  /** Bytes in all. @default 48 MiB */
  readonly most?: number;
  /** Bytes that are given at once: the number of connections bounds how many such requests there are. @default 16 KiB */
  readonly small?: number;
  /** Milliseconds that a request waits for its share. @default 30000 */
  readonly patience?: number;
}

/**
 * One limit for all bodies and long messages that are in memory at the same time. A request without room waits in turn,
 * unread, which makes the sender wait too. One that is larger than the whole budget is let in alone.
 */
export class BodyBudget {
  readonly #most: number;
  readonly #small: number;
  readonly #patience: number;
  readonly #queue = new Set<Waiting>();
  #used = 0;

  constructor({ most = 48 * 1024 ** 2, small = 16 * 1024, patience = 30_000 }: BudgetOptions = {}) {
    this.#most = most;
    this.#small = small;
    this.#patience = patience;
  }

  /** Reserves so many bytes; undefined when they do not become free in time, or when `signal` is aborted. */
  take(bytes: number, signal?: AbortSignal): Promise<Share | undefined> {
    if (signal?.aborted) return Promise.resolve(undefined);
    if (bytes <= this.#small) return Promise.resolve(this.#share(bytes));
    return new Promise((resolve) => {
      const leave = (share?: Share) => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", giveUp);
        this.#queue.delete(waiting);
        resolve(share);
      };
      const giveUp = () => {
        leave();
        // Those behind it may fit in.
        this.#serve();
      };
      const waiting: Waiting = { bytes, enter: () => leave(this.#share(bytes)) };
      const timer = setTimeout(giveUp, this.#patience);
      signal?.addEventListener("abort", giveUp);
      this.#queue.add(waiting);
      this.#serve();
    });
  }

  /**
   * Reserves so many bytes for an answer's request, until the answer is sent or the client is gone; undefined when they
   * do not become free in time.
   */
  async takeFor(response: ServerResponse, bytes: number): Promise<Share | undefined> {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    if (response.destroyed) gone.abort();
    const share = await this.take(bytes, gone.signal);
    if (share && gone.signal.aborted) share.release();
    else if (share) response.once("close", share.release);
    return share;
  }

  /** Reserves so many bytes at once if half of the budget stays free, for buffers that may be smaller instead. */
  spare(bytes: number): Share | undefined {
    return this.#used + bytes <= this.#most / 2 ? this.#share(bytes) : undefined;
  }

  #share(bytes: number): Share {
    let held = bytes;
    this.#used += held;
    const keep = (rest: number) => {
      if (rest >= held) return;
      this.#used -= held - rest;
      held = rest;
      this.#serve();
    };
    return { keep, release: () => keep(0) };
  }

  /** Lets in those that fit, strictly in turn, so that a large body does not wait for ever. */
  #serve(): void {
    for (const { bytes, enter } of this.#queue) {
      if (this.#used > 0 && this.#used + bytes > this.#most) return;
      enter();
    }
  }
}

interface Waiting {
  readonly bytes: number;
  enter(): void;
}

/** The budget of this process: docs/operate/runtime.md. */
export const BODIES = new BodyBudget();

/** The answer to a request whose body did not get its share of the budget. */
export function sendBusy(response: ServerResponse): void {
  response.setHeader("Retry-After", "5");
  sendText(response, 503, BUSY);
}

export const BUSY = "too many large requests at once, try again in a moment";
