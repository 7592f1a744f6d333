import type { RecordingEnd, RecordingStatus } from "../../wire/recording.ts";
import { decodePacket } from "../../wire/sound.ts";
import { reasonOf } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";
import type { Hub } from "../screen/hub.ts";
import type { SourceFrame } from "../screen/source.ts";
import type { Audience } from "../sound/audience.ts";
import { toStored } from "./h264.ts";
import { PACKET, TICKS } from "./mp4.ts";
import { Part } from "./part.ts";
import type { Shelf } from "./shelf.ts";
import { SoundTime } from "./sound-time.ts";

export interface SessionOptions {
  readonly screen: Pick<Hub, "record">;
  /** Undefined: the files have no sound. */
  readonly sound: Pick<Audience, "add"> | undefined;
  readonly shelf: Shelf;
  /** Most bytes; undefined: as many as fit. */
  readonly limit: number | undefined;
  onChange(): void;
  readonly log: Log;
}

/** Milliseconds from one fragment to the next: so much is lost when the container is killed. */
const FRAGMENT = 1_000;
/** Milliseconds until a recording without a first picture is given up. */
const PATIENCE = 10_000;
/** Microseconds from one key frame to the next while something moves: players go to these places. */
const KEY_EVERY = 10_000_000;
/** Ticks and bytes after which a new file begins, so that its index is small and its numbers fit in 32 bits. */
const [LONGEST_PART, LARGEST_PART] = [3600 * TICKS, 3 * 1024 ** 3];
/** Bytes that may wait for the disk. */
const MOST_UNWRITTEN = 64 * 1024 ** 2;
/** Microseconds of a packet of sound, and ticks by which sound may be beside its time. */
const [PACKET_TIME, TOLERANCE] = [10_000, 3 * PACKET];
/** Ticks after which no more sound comes for a time. */
const LATEST_SOUND = TICKS / 2;
/** Microseconds that a picture may be old when it comes. The first one of a still screen may be older. */
const OLDEST = 1_000_000;

/** One recording, from its start to its end. It may have several files: each has pictures of one size. */
export class Session {
  readonly #options: SessionOptions;
  readonly #by: string;
  /** Resolves with the first picture, or with the reason why there is no recording. */
  readonly started: Promise<string | undefined>;
  /** Resolves when all files are complete; undefined if the recording has never started. */
  readonly ended: Promise<RecordingStatus | undefined>;
  #tellStarted: (refused: string | undefined) => void = () => {};
  #tellEnded: (status: RecordingStatus | undefined) => void = () => {};
  #leave: (() => void)[] = [];
  #isEnding = false;
  readonly #files: string[] = [];
  readonly #parts: Part[] = [];
  /** Resolves when all but the last are complete. */
  #finished: Promise<unknown> = Promise.resolve();
  readonly #soundTime = new SoundTime();
  /** Microseconds of the monotonic clock: first picture of all, first of this file, last key frame, last picture. */
  #began: number | undefined;
  #partBegan = 0;
  #lastKey = 0;
  #lastPicture = 0;

  /** Starts at once; `by` is who asked. */
  constructor(options: SessionOptions, by: string) {
    this.#options = options;
    this.#by = by;
    this.started = new Promise((resolve) => {
      this.#tellStarted = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.#tellEnded = resolve;
    });
    void this.#start();
  }

  get status(): RecordingStatus {
    const [isRecording, files] = [this.#began !== undefined, [...this.#files]];
    const seconds = Math.floor((now() - (this.#began ?? now())) / 1_000_000);
    return { isRecording, seconds, files, bytes: this.#bytes };
  }

  /** Ends it; `by` is who asked. */
  end(why: RecordingEnd, by: string): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    for (const leave of this.#leave) leave();
    void this.#finish(why, by);
  }

  get #part(): Part | undefined {
    return this.#parts.at(-1);
  }

  get #bytes(): number {
    return this.#parts.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Whether the next picture should decode by itself. */
  #needsKey(): boolean {
    const part = this.#part;
    if (!part || this.#isLong(part)) return true;
    return this.#lastPicture > this.#lastKey && now() - this.#lastKey > KEY_EVERY;
  }

  async #start(): Promise<void> {
    const { screen, sound, shelf } = this.#options;
    try {
      await shelf.check();
    } catch (error) {
      return this.#refuse(reasonOf(error));
    }
    if (this.#isEnding) return;
    const late = setTimeout(() => this.#refuse("the desktop gives no picture"), PATIENCE);
    const ticking = setInterval(() => void this.#tick(), FRAGMENT);
    this.#leave = [
      () => clearTimeout(late),
      () => clearInterval(ticking),
      screen.record({ take: (frame) => this.#take(frame), needsKey: () => this.#needsKey() }),
      sound?.add((packet) => this.#hear(packet)) ?? (() => {}),
    ];
    void this.started.then(() => clearTimeout(late));
  }

  #refuse(reason: string): void {
    this.#tellStarted(reason);
    this.end("failed", this.#by);
  }

  #take({ data, size, timestamp, buildsOn }: SourceFrame): void {
    const unit = toStored(data);
    const isKey = buildsOn === undefined;
    const time = Math.max(timestamp, now() - OLDEST);
    if (isKey && unit.configuration) this.#turn(unit.configuration, size, time);
    if (!this.#part) return;
    this.#part.addPicture(this.#ticks(time), unit.data, isKey);
    this.#lastPicture = time;
    if (isKey) this.#lastKey = time;
  }

  /** Begins a new file if the pictures change their form, or the file is long. */
  #turn(configuration: Buffer, { width, height }: SourceFrame["size"], time: number): void {
    const part = this.#part;
    if (part?.film.configuration.equals(configuration) && !this.#isLong(part)) return;
    if (part) this.#close(part, this.#ticks(time));
    const { shelf, sound } = this.#options;
    const file = shelf.create().then(({ file, name }) => {
      this.#files.push(name);
      this.#note(name);
      return file;
    });
    // Pictures lack the last column of an odd width, and the last row.
    const even = { width: width - (width % 2), height: height - (height % 2) };
    this.#parts.push(new Part(file, { ...even, configuration, hasSound: sound !== undefined }));
    this.#partBegan = time;
    this.#began ??= time;
  }

  #isLong(part: Part): boolean {
    return this.#ticks(now()) > LONGEST_PART || part.bytes > LARGEST_PART;
  }

  /** A file is there. */
  #note(file: string): void {
    const { log, onChange } = this.#options;
    log.info({ event: "recording.file", by: this.#by, file });
    this.#tellStarted(undefined);
    onChange();
  }

  #hear(packet: Uint8Array): void {
    const sound = decodePacket(packet);
    const part = this.#part;
    if (!sound) return;
    const time = this.#soundTime.of(sound.timestamp, now(), PACKET_TIME);
    if (!part) return;
    const at = this.#ticks(time);
    if (at < part.heard - TOLERANCE) return;
    if (at > part.heard + TOLERANCE) part.addSilence(at);
    part.addSound(Buffer.from(sound.data));
  }

  async #tick(): Promise<void> {
    const part = this.#part;
    if (!part) return;
    const { limit, shelf } = this.#options;
    part.addSilence(this.#ticks(now()) - LATEST_SOUND);
    part.flush(this.#ticks(now()));
    if (limit !== undefined && this.#bytes >= limit) return this.end("limit", "");
    if (part.unwritten > MOST_UNWRITTEN) return this.end("slow", "");
    try {
      await shelf.check();
    } catch {
      return this.end("full", "");
    }
    await part.written().catch(() => this.end("failed", ""));
  }

  #close(part: Part, end: number): void {
    this.#finished = Promise.all([this.#finished, part.finish(end)]);
    this.#finished.catch(() => this.end("failed", ""));
  }

  async #finish(why: RecordingEnd, by: string): Promise<void> {
    const { seconds } = this.status;
    const part = this.#part;
    if (part) this.#close(part, this.#ticks(now()));
    const fault = await this.#finished.then(() => undefined, toFault);
    this.#tellStarted(fault ? reasonOf(fault) : "it was ended before the first picture");
    if (this.#files.length === 0) return this.#tellEnded(undefined);
    const { log } = this.#options;
    if (fault) log.error({ event: "recording.failed", message: `${reasonOf(fault)}. ${KEPT}` });
    const ended = fault ? (FULL.includes(fault.code ?? "") ? "full" : "failed") : why;
    const status = { seconds, files: [...this.#files], bytes: this.#bytes };
    log.info({ event: "recording.ended", why: ended, ...(by ? { by } : {}), ...status });
    this.#tellEnded({ ...status, isRecording: false, ended });
  }

  #ticks(time: number): number {
    return Math.round(((time - this.#partBegan) * TICKS) / 1_000_000);
  }
}

const toFault = (error: NodeJS.ErrnoException) => error;
const FULL: readonly string[] = ["ENOSPC", "EDQUOT"];
const KEPT = "The recording ended. Its file plays up to there.";

/** Microseconds of the monotonic clock, by which pictures are stamped. */
function now(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}
