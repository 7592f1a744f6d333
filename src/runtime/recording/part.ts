import type { FileHandle } from "node:fs/promises";
import {
  type Film,
  GAP,
  PACKET,
  type Run,
  renderCover,
  renderFragment,
  renderHead,
  renderMovie,
  type Track,
} from "./mp4.ts";

/** A packet of Opus without a sound: 10 ms, stereo. */
const SILENCE = Buffer.of(0xf4, 0xff, 0xfe);

/**
 * One file of a recording, in MP4. Each `flush` writes the new samples as a fragment, so that the file plays even after a
 * kill; `finish` adds an index of all, by which any program knows its length and finds each place. All times are
 * ticks since the first picture.
 */
export class Part {
  readonly film: Film;
  readonly #file: Promise<FileHandle>;
  readonly #tracks: readonly Track[];
  #waiting: OpenRun[];
  #fragments = 0;
  #bytes = 0;
  #unwritten = 0;
  #writing: Promise<void> = Promise.resolve();

  /** `file` is empty, and is closed at the end. */
  constructor(file: Promise<FileHandle>, film: Film) {
    this.#file = file;
    this.film = film;
    this.#tracks = film.hasSound ? [newTrack(true), newTrack(false)] : [newTrack(true)];
    this.#waiting = this.#tracks.map(newRun);
    this.#append([renderHead(film)]);
  }

  /** Bytes of the file, also those that are still being written. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes that are still being written. */
  get unwritten(): number {
    return this.#unwritten;
  }

  /** Ticks that its sound lasts. */
  get heard(): number {
    return PACKET * (this.#tracks[1]?.starts.length ?? 0);
  }

  /** Adds a picture; one that does not follow the last in time comes a tick after it. */
  addPicture(at: number, data: Buffer, isKey: boolean): void {
    const last = this.#tracks[0]?.starts.at(-1) ?? -1;
    this.#add(0, Math.max(at, last + 1), data, isKey);
  }

  /** Adds a packet of sound after the last one. */
  addSound(data: Buffer): void {
    this.#add(1, this.heard, data, true);
  }

  /** Adds silence as far as the sound ends before `at`. */
  addSilence(at: number): void {
    while (this.film.hasSound && this.heard + PACKET <= at) this.addSound(SILENCE);
  }

  /** Starts writing what has come until now. */
  flush(now: number): void {
    const runs = this.#waiting;
    if (runs.every(({ samples }) => samples.length === 0)) return;
    this.#waiting = this.#tracks.map(newRun);
    this.#fragments += 1;
    const head = renderFragment(this.#fragments, runs, now);
    let position = this.#bytes + head.length;
    for (const [index, { samples }] of runs.entries()) {
      if (samples.length === 0) continue;
      this.#tracks[index]?.chunks.push({ position, count: samples.length });
      position += samples.reduce((sum, { length }) => sum + length, 0);
    }
    this.#append([head, ...runs.flatMap(({ samples }) => samples)]);
  }

  /** Resolves when all is written that was to be; throws if it cannot be. */
  written(): Promise<void> {
    return this.#writing;
  }

  /** Ends the file at `end`. Throws if something cannot be written; what was written before plays. */
  async finish(end: number): Promise<void> {
    this.addSilence(end);
    this.flush(end);
    const size = this.#bytes;
    this.#append([renderMovie(this.film, this.#tracks, Math.max(end, this.heard))]);
    const file = await this.#file;
    try {
      await this.#writing;
      await file.write(renderCover(size), 0, 8, GAP);
    } finally {
      await file.close();
    }
  }

  #add(index: number, at: number, data: Buffer, isKey: boolean): void {
    const [track, run] = [this.#tracks[index], this.#waiting[index]];
    if (!track || !run) return;
    if (isKey) track.keys?.push(track.starts.length);
    track.starts.push(at);
    track.sizes.push(data.length);
    run.starts.push(at);
    run.samples.push(data);
    run.keys?.push(isKey);
  }

  #append(chunks: readonly Buffer[]): void {
    const position = this.#bytes;
    const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    this.#bytes += length;
    this.#unwritten += length;
    this.#writing = this.#writing.then(async () => {
      await writeWhole(await this.#file, Buffer.concat(chunks, length), position);
      this.#unwritten -= length;
    });
    // It is told to who awaits it.
    this.#writing.catch(() => {});
  }
}

function newTrack(isVideo: boolean): Track {
  return { starts: [], sizes: [], keys: isVideo ? [] : undefined, chunks: [] };
}

interface OpenRun extends Run {
  readonly starts: number[];
  readonly samples: Buffer[];
  readonly keys: boolean[] | undefined;
}

function newRun({ keys }: Track): OpenRun {
  return { starts: [], samples: [], keys: keys && [] };
}

/** Writes all at a position, or takes back what was written of it, so that the file ends with a whole fragment. */
async function writeWhole(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  try {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
      done += bytesWritten;
    }
  } catch (error) {
    await file.truncate(position).catch(() => {});
    throw error;
  }
}
