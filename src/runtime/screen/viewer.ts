import type { WebSocket } from "ws";
import type { Hello, ScreenCodec, StreamReport, Wish } from "../../wire/screen.ts";
import type { Role } from "../gateway/users.ts";
import { Gate, type Link } from "./gate.ts";
import { Line } from "./line.ts";

/** Unsent bytes of a WebSocket above which nothing more is sent, whatever its receipts say. */
const MOST_UNSENT = 1024 * 1024;
/** Milliseconds without a receipt, and key frames needed within so many milliseconds, that make a line too slow. */
const [LONGEST_WAIT, MOST_KEYS, KEYS_WITHIN] = [2_000, 2, 5_000];
/** Milliseconds until a line that was too slow is tried again: at first, and at most. */
const [FIRST_REST, LONGEST_REST] = [5_000, 60_000];
/** Milliseconds after which a line that was tried again has proven itself. */
const PROVEN = 30_000;
/** Milliseconds in which the encoder builds on an older frame, unless all is still. */
const PATCHED_WITHIN = 250;

/** A frame for all viewers. */
export interface StreamFrame extends Link {
  /** The message that carries it. */
  readonly message: Uint8Array;
}

/** One client of the stream: what it can decode, what its line takes, and what it was told. */
export class Viewer {
  readonly role: Role;
  readonly #socket: WebSocket;
  readonly #now: () => number;
  readonly #gate = new Gate();
  readonly line: Line;
  /** Undefined until it has said so. */
  codecs: readonly ScreenCodec[] | undefined;
  #isVisible = true;
  #told = "";
  /** Whether its decoder copes with frames that are left out. */
  #copes = true;
  /** The newest key frame that was sent. */
  #key = 0;
  /** Since when it could take frames, but has nothing that they build on. */
  #lacksSince: number | undefined;
  #keys: number[] = [];
  #restsUntil = Number.NEGATIVE_INFINITY;
  #rest = FIRST_REST;

  constructor(socket: WebSocket, role: Role, now: () => number = () => performance.now()) {
    this.#socket = socket;
    this.role = role;
    this.#now = now;
    this.line = new Line(now);
    this.#ping();
  }

  /** Whether frames are for it: somebody looks, and the line is not too slow. */
  get isWatching(): boolean {
    return this.codecs !== undefined && this.#isVisible && this.#now() >= this.#restsUntil;
  }

  hear(message: Hello | Wish): void {
    if ("codecs" in message) {
      this.codecs = message.codecs;
      return;
    }
    if (message.isVisible && !this.#isVisible) this.#beginAnew();
    this.#isVisible = message.isVisible ?? this.#isVisible;
    if (!message.keyFrame || this.line.carries(this.#key)) return;
    // Its decoder has failed, perhaps because of a frame that was left out.
    this.#copes = false;
    this.#beginAnew();
  }

  /** Sends the frame if the client can decode it and the line takes it. */
  give(frame: StreamFrame, report: StreamReport): boolean {
    const isKey = frame.buildsOn === undefined;
    if (!this.#gate.opensFor(frame) || !this.#takes(isKey)) return false;
    this.tell(report);
    this.#socket.send(frame.message, { binary: true });
    this.line.sent(frame.number, frame.message.length);
    this.#gate.passed(frame);
    this.#lacksSince = undefined;
    if (isKey) this.#key = frame.number;
    return true;
  }

  /** Sends the report unless it was the last one. */
  tell(report: StreamReport): void {
    const text = JSON.stringify(report);
    if (text === this.#told) return;
    this.#told = text;
    this.#socket.send(text);
  }

  /**
   * What it needs to go on after it has missed frames: a frame that builds on one before the first it has missed, a key
   * frame, or nothing, also while its line takes no frame. `recent` are the frames that the encoder can still refer to.
   */
  need(recent: readonly number[]): { readonly missed: number } | "key" | undefined {
    const newest = this.#gate.newest;
    if ((newest !== undefined && newest === recent.at(-1)) || !this.#takes()) return undefined;
    this.#lacksSince ??= this.#now();
    const index = newest === undefined ? -1 : recent.indexOf(newest);
    const missed = index < 0 ? undefined : recent[index + 1];
    const isStill = this.#now() - this.#lacksSince > PATCHED_WITHIN;
    return missed === undefined || isStill || !this.#copes ? "key" : { missed };
  }

  /** Records that a key frame was asked for because it has missed too much. */
  keyAsked(): void {
    if (this.#gate.newest !== undefined) this.#countKey();
  }

  /**
   * Lets the line rest for a while if it has proven too slow; whether it has. Its key frames only matter to others who
   * watch.
   */
  restIfSlow(hasCompany: boolean): boolean {
    const now = this.#now();
    const isStuck = this.line.waiting > LONGEST_WAIT;
    if (!isStuck && !(hasCompany && this.#keys.length > MOST_KEYS)) return false;
    const hasProven = now - this.#restsUntil > PROVEN;
    this.#rest = hasProven ? FIRST_REST : Math.min(2 * this.#rest, LONGEST_REST);
    this.#restsUntil = now + this.#rest;
    this.#beginAnew();
    this.#keys = [];
    return true;
  }

  /** It needs a key frame, and will not confirm what was sent before. */
  #beginAnew(): void {
    this.#gate.close();
    this.line.forget();
    this.#countKey();
  }

  #countKey(): void {
    const now = this.#now();
    this.#keys = [...this.#keys.filter((at) => now - at < KEYS_WITHIN), now];
  }

  #takes(isKey = false): boolean {
    return this.line.takes(isKey) && this.#socket.bufferedAmount < MOST_UNSENT;
  }

  /** Measures the empty line. */
  #ping(): void {
    const sent = this.#now();
    this.#socket.once("pong", () => this.line.answered(this.#now() - sent));
    this.#socket.ping();
  }
}
