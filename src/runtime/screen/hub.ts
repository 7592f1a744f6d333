import { encodeFrame, SCREEN, type ScreenCodec, type StreamReport } from "../../wire/screen.ts";
import type { Role } from "../gateway/users.ts";
import type { Log } from "../log/log.ts";
import { chooseCodec, codecName } from "./codec.ts";
import { FIRST_RATE } from "./line.ts";
import type { Source, SourceFrame } from "./source.ts";
import type { Viewer } from "./viewer.ts";

/** Newest frames that an encoder can surely refer to, also those that it encodes before it hears of a loss. */
const MEMORY = 6;
/** Milliseconds between two key frames, and between two frames that leave others out, for all viewers together. */
const [KEY_EVERY, PATCH_EVERY] = [250, 100];
/** Milliseconds between two looks at lines and codecs. */
const LOOK_EVERY = 100;
/** Milliseconds without a key frame that was asked for, after which the encoder hangs. */
const HANGS_AFTER = 10_000;

/** What the hub has sent since the start of the container. */
export interface HubCounts {
  /** Viewers who get frames now. */
  readonly viewers: number;
  readonly frames: number;
  readonly bytes: number;
}

/** Takes the whole stream in H.264. */
export interface Tap {
  take(frame: SourceFrame): void;
  /** Whether it needs a key frame now. */
  needsKey(): boolean;
}

/**
 * Passes one stream on to all viewers. Each gets the frames that his line takes and that he can decode; whoever misses
 * some gets going again at little cost for the others. The stream runs while somebody watches, its codec and its rate
 * suit those of the highest role who do. `now` is in milliseconds.
 */
export class Hub {
  readonly #source: Source;
  readonly #log: Log;
  readonly #now: () => number;
  readonly #viewers = new Set<Viewer>();
  #tap: Tap | undefined;
  #looking: NodeJS.Timeout | undefined;
  #codec: ScreenCodec | undefined;
  #rate = 0;
  /** Of the running stream; undefined before its first frame. */
  #report: StreamReport | undefined;
  #recent: readonly number[] = [];
  #keyAsked = Number.NEGATIVE_INFINITY;
  #patchAsked = Number.NEGATIVE_INFINITY;
  /** Since when a key frame is awaited. */
  #awaitsSince: number | undefined;
  #sent = { frames: 0, bytes: 0 };

  constructor(source: Source, log: Log, now: () => number = () => performance.now()) {
    this.#source = source;
    this.#log = log;
    this.#now = now;
  }

  get counts(): HubCounts {
    return { viewers: this.#report === undefined ? 0 : this.#receivers().length, ...this.#sent };
  }

  join(viewer: Viewer): void {
    this.#viewers.add(viewer);
    this.#keepLooking();
  }

  leave(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    this.look();
    this.#keepLooking();
  }

  /**
   * Runs the stream in H.264 for a recorder, besides the viewers; returns the function that ends it. Viewers without
   * H.264 get the picture by RFB meanwhile.
   */
  record(tap: Tap): () => void {
    this.#tap = tap;
    this.look();
    this.#keepLooking();
    return () => {
      this.#tap = undefined;
      this.look();
      this.#keepLooking();
    };
  }

  /** Takes a frame of the source. */
  take(frame: SourceFrame): void {
    const { number, buildsOn, canLeaveOut, timestamp, data } = frame;
    const isKey = buildsOn === undefined;
    if (isKey) this.#begin(frame);
    const report = this.#report;
    if (report === undefined) return;
    this.#tap?.take(frame);
    this.#recent = canLeaveOut && !isKey ? [...this.#recent.slice(1 - MEMORY), number] : [number];
    const message = encodeFrame({ number, isKey, timestamp, data });
    for (const viewer of this.#receivers()) {
      if (!viewer.give({ number, buildsOn, message }, report)) continue;
      this.#sent.frames += 1;
      this.#sent.bytes += message.length;
    }
    this.recover();
  }

  /** The source has ended, and goes on by itself. */
  fail(): void {
    this.#reset();
    for (const viewer of this.#viewers) {
      if (viewer.isWatching) viewer.tell({ paused: "failed" });
    }
  }

  /** Looks who watches, and what suits them. Call it at each change of a viewer. */
  look(): void {
    const watching = [...this.#viewers].filter((viewer) => viewer.isWatching);
    for (const viewer of watching.filter((one) => one.restIfSlow(watching.length > 1))) {
      viewer.tell({ paused: "slow" });
      this.#log.info({ event: "screen.slow", role: viewer.role, message: TOO_SLOW });
    }
    const leaders = leadersOf([...this.#viewers].filter((viewer) => viewer.isWatching));
    this.#choose(this.#tap ? "h264" : chooseCodec(leaders.map(({ codecs = [] }) => codecs)));
    for (const viewer of this.#viewers) {
      if (viewer.isWatching && !this.#canDecode(viewer)) viewer.tell({ paused: "codec" });
    }
    if (this.#awaitsSince !== undefined && this.#now() - this.#awaitsSince > HANGS_AFTER) this.#restart();
    this.recover();
  }

  /** Asks for what those need who miss frames. Call it when a line may take frames again. */
  recover(): void {
    if (this.#report === undefined) return;
    this.#limit();
    const now = this.#now();
    const needs = this.#receivers().map((viewer) => ({ viewer, need: viewer.need(this.#recent) }));
    const needKey = needs.filter(({ need }) => need === "key");
    const wantsKey = needKey.length > 0 || this.#tap?.needsKey();
    if (wantsKey && now - this.#keyAsked >= KEY_EVERY) {
      this.#keyAsked = now;
      this.#awaitsSince ??= now;
      for (const { viewer } of needKey) viewer.keyAsked();
      this.#source.keyFrame();
      return;
    }
    const missed = needs.flatMap(({ need }) => (typeof need === "object" ? [need.missed] : []));
    if (missed.length === 0 || now - this.#patchAsked < PATCH_EVERY) return;
    this.#patchAsked = now;
    this.#source.leaveOut(Math.min(...missed));
  }

  #keepLooking(): void {
    if (this.#viewers.size > 0 || this.#tap) {
      this.#looking ??= setInterval(() => this.look(), LOOK_EVERY).unref();
      return;
    }
    clearInterval(this.#looking);
    this.#looking = undefined;
  }

  #choose(codec: ScreenCodec | undefined): void {
    if (codec === this.#codec) return;
    this.#codec = codec;
    this.#reset();
    if (codec !== undefined) this.#source.start(codec);
    else this.#source.stop();
  }

  #restart(): void {
    this.#log.warn({ event: "screen.encoder", message: HANGS });
    this.fail();
    if (this.#codec !== undefined) this.#source.start(this.#codec);
  }

  #reset(): void {
    this.#report = undefined;
    this.#recent = [];
    this.#rate = 0;
    this.#awaitsSince = undefined;
  }

  /** A key frame says what the stream is. */
  #begin({ data, size, encoder }: SourceFrame): void {
    this.#awaitsSince = undefined;
    const codec = codecName(this.#codec ?? SCREEN.codecs[0], data);
    this.#report = codec === undefined ? undefined : { codec, ...size, encoder };
  }

  /** The rate follows the best line of the leaders. Without viewers it is that of a line that is not known yet. */
  #limit(): void {
    const rates = leadersOf(this.#receivers()).map(({ line }) => line.rate);
    const rate = rates.length > 0 ? Math.max(...rates) : FIRST_RATE;
    if (Math.abs(rate - this.#rate) <= this.#rate / 20) return;
    this.#rate = rate;
    this.#source.limit(rate);
  }

  #receivers(): Viewer[] {
    return [...this.#viewers].filter((viewer) => viewer.isWatching && this.#canDecode(viewer));
  }

  #canDecode({ codecs = [] }: Viewer): boolean {
    return this.#codec !== undefined && codecs.includes(this.#codec);
  }
}

const TOO_SLOW =
  "A viewer's line is too slow for the stream: the picture comes by RFB until it is tried again.";
const HANGS = "The screen encoder gives no frame. It is restarted.";

/** Those of the highest role. */
function leadersOf(viewers: readonly Viewer[]): readonly Viewer[] {
  for (const role of ROLES) {
    const leaders = viewers.filter((viewer) => viewer.role === role);
    if (leaders.length > 0) return leaders;
  }
  return [];
}

const ROLES: readonly Role[] = ["owner", "participant", "viewer"];
