import type { ScreenCodec } from "../../wire/screen.ts";
import { createEncoder } from "../encoder/run.ts";
import type { Log } from "../log/log.ts";
import type { XServerPlace } from "../x11/follow.ts";
import { type Size, watchSize } from "../x11/watch-size.ts";
import { gpuObstacle } from "./gpu.ts";
import { createRecordReader, type EncoderNotice, type FrameRecord } from "./records.ts";
import { restWhileStill } from "./rest.ts";

/** An encoded picture of the desktop. */
export interface SourceFrame extends Pick<FrameRecord, "timestamp" | "data"> {
  /** Counts the frames, also over restarts of the encoder. */
  readonly number: number;
  /** Number of the frame that it builds on; undefined for a key frame. */
  readonly buildsOn: number | undefined;
  /** Whether `leaveOut` works: else it gives a key frame. */
  readonly canLeaveOut: boolean;
  /** Of the desktop. */
  readonly size: Size;
  /** What encodes. */
  readonly encoder: string;
}

/** The desktop as a stream of frames, between `start` and `stop`. Nothing is encoded while there is no X server. */
export interface Source {
  /** Starts the stream in a codec, or anew. */
  start(codec: ScreenCodec): void;
  stop(): void;
  /** The next frame is a key frame, and comes at once. */
  keyFrame(): void;
  /** The next frame builds on one before this. */
  leaveOut(number: number): void;
  /** Most kilobits per second. */
  limit(rate: number): void;
}

export interface SourceOptions {
  /** nix/screen/encoder.py. */
  readonly program: string;
  /** Its environment, for access to the X server. */
  readonly environment: NodeJS.ProcessEnv;
  readonly x: XServerPlace;
  /** Most frames per second. */
  readonly frameRate: number;
  onFrame(frame: SourceFrame): void;
  /** Called when the encoder or the X server has ended. The stream goes on with a key frame as soon as it can. */
  onEnd(): void;
  readonly log: Log;
}

export function createSource(options: SourceOptions): Source {
  const { program, environment, x, frameRate, onFrame, onEnd, log } = options;
  const numbers = new Numbers();
  let parameters: readonly [ScreenCodec, string] | undefined;
  let size: Size | undefined;
  let encoder = "";
  let [unwatch, unrest] = [() => {}, () => {}];
  const onNotice = (notice: EncoderNotice) => {
    if (encoder !== notice.encoder) log.info({ event: "screen.encoder", message: describe(notice) });
    encoder = notice.encoder;
  };
  const process = createEncoder({
    name: "screen",
    program,
    environment,
    open() {
      numbers.restart();
      const take = (record: FrameRecord) => onFrame(toFrame(record, numbers, { size, encoder }));
      return createRecordReader({ onFrame: take, onNotice });
    },
    onEnd,
    log,
  });
  const tell = (command: Readonly<Record<string, unknown>>) => process.tell(JSON.stringify(command));
  const onSize = (next: Size | undefined) => {
    const isNew = size === undefined;
    size = next;
    if (next === undefined) {
      process.stop();
      onEnd();
    } else if (isNew) process.start(...(parameters ?? []));
    else tell({ resized: true });
  };
  const stop = () => {
    unwatch();
    unrest();
    process.stop();
    size = undefined;
  };
  return {
    start(codec) {
      stop();
      parameters = [codec, `${frameRate}`];
      unwatch = watchSize(x, onSize);
      unrest = restWhileStill(x, process);
    },
    stop,
    keyFrame: () => tell({ keyFrame: true }),
    leaveOut(number) {
      const id = numbers.idOf(number);
      if (id !== undefined) tell({ lost: id });
    },
    limit: (rate) => tell({ rate: Math.round(rate) }),
  };
}

/** Instead of the frame that a frame builds on: the encoder does not tell. */
const UNKNOWN = -2;
/** Ids of this many newest frames are known; encoders refer no further back. */
const KNOWN_IDS = 64;

/** Numbers the frames of one encoder after the other, without gaps. */
class Numbers {
  #newest = 0;
  /** Ids of the newest frames of this encoder, the newest last. */
  #ids: number[] = [];

  restart(): void {
    this.#ids = [];
  }

  get newest(): number {
    return this.#newest;
  }

  /** The number of a new frame. */
  next(id: number): number {
    this.#ids = [...this.#ids.slice(1 - KNOWN_IDS), id];
    this.#newest += 1;
    return this.#newest;
  }

  /** The number of the newest frame with this id; 0, which no frame has, for an unknown one. */
  of(id: number): number {
    const index = this.#ids.lastIndexOf(id);
    return index < 0 ? 0 : this.#newest - (this.#ids.length - 1 - index);
  }

  /** The id of a frame; undefined if it is not one of the newest. */
  idOf(number: number): number | undefined {
    return this.#ids.at(number - this.#newest - 1);
  }
}

function toFrame(
  record: FrameRecord,
  numbers: Numbers,
  { size, encoder }: { readonly size: Size | undefined; readonly encoder: string },
): SourceFrame {
  const { isKey, id, reference, width, height, timestamp, data } = record;
  const previous = numbers.newest;
  const number = numbers.next(id);
  const canLeaveOut = reference !== UNKNOWN;
  const buildsOn = isKey ? undefined : canLeaveOut ? numbers.of(reference) : previous;
  const wholeSize = desktopSize({ width, height }, size);
  return { number, buildsOn, canLeaveOut, size: wholeSize, encoder, timestamp, data };
}

/** The desktop's size at the time of a frame. A frame lacks the last column and row of odd sizes. */
function desktopSize(frame: Size, now: Size | undefined): Size {
  const isCurrent =
    now && now.width - (now.width % 2) === frame.width && now.height - (now.height % 2) === frame.height;
  return isCurrent ? now : frame;
}

function describe({ encoder, reason }: EncoderNotice): string {
  return reason === ""
    ? `The picture is encoded by ${encoder} on the GPU.`
    : `The picture is encoded by ${encoder} on the processor: ${gpuObstacle() ?? reason}.`;
}
