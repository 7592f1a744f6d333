import type { ScreenFrame } from "../../wire/screen.ts";

/** Decodes frames into pictures. */
export interface Decoder {
  /** Expects this codec from now on, beginning with a key frame, which the server sends by itself. */
  expect(codec: string): void;
  decode(frame: ScreenFrame): void;
  close(): void;
}

/** A decoded frame. */
export interface Picture {
  /** To be closed after use: few may be open at a time. */
  readonly image: VideoFrame;
  readonly frame: ScreenFrame;
  /** When it arrived, on the clock of `performance.now()`. */
  readonly arrived: number;
}

export interface DecoderListener {
  onPicture(picture: Picture): void;
  /** The decoder has failed and needs a key frame. Called again until there is one. */
  onKeyNeeded(): void;
  /** This browser does not decode the stream, although it said that it would. */
  onHopeless(): void;
}

/** Milliseconds between two requests for a key frame. */
const ASK_EVERY = 250;
/** Frames that may wait to be decoded. The server stops sending long before, as it gets no receipts. */
const LONGEST_QUEUE = 60;
/** Milliseconds without a picture after which a decoder has failed: WebKitGTK's gives nothing in a worker, and no error. */
const LONGEST_WAIT = 1_500;
/** Failures in a row after which the stream is given up. */
const MOST_FAILURES = 3;

/** Wraps the browser's decoder: begins with a key frame, and begins again after an error. */
export function createDecoder({ onPicture, onKeyNeeded, onHopeless }: DecoderListener): Decoder {
  let codec: string | undefined;
  let decoder: VideoDecoder | undefined;
  let asking: ReturnType<typeof setInterval> | undefined;
  let watch: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  const waiting: Pick<Picture, "frame" | "arrived">[] = [];
  const rest = () => {
    clearTimeout(watch);
    watch = undefined;
  };
  const end = () => {
    rest();
    clearInterval(asking);
    if (decoder !== undefined && decoder.state !== "closed") decoder.close();
    decoder = undefined;
    waiting.length = 0;
  };
  const fail = () => {
    end();
    failures += 1;
    if (failures >= MOST_FAILURES) return onHopeless();
    onKeyNeeded();
    asking = setInterval(onKeyNeeded, ASK_EVERY);
  };
  const start = (codec: string) => {
    clearInterval(asking);
    const fresh = new VideoDecoder({
      output(image) {
        const each = takeOlder(waiting, image.timestamp);
        if (decoder !== fresh || each === undefined) return image.close();
        rest();
        failures = 0;
        onPicture({ image, ...each });
      },
      error: () => {
        if (decoder === fresh) fail();
      },
    });
    fresh.configure({ codec, optimizeForLatency: true });
    return fresh;
  };
  return {
    expect(next) {
      end();
      codec = next;
    },
    decode(frame) {
      if (codec === undefined) return;
      if (decoder === undefined && !frame.isKey) return;
      try {
        decoder ??= start(codec);
        if (decoder.decodeQueueSize > LONGEST_QUEUE) return fail();
        waiting.push({ frame, arrived: performance.now() });
        watch ??= setTimeout(fail, LONGEST_WAIT);
        decoder.decode(chunkOf(frame));
      } catch {
        fail();
      }
    },
    close() {
      end();
      codec = undefined;
    },
  };
}

function chunkOf({ isKey, timestamp, data }: ScreenFrame): EncodedVideoChunk {
  return new EncodedVideoChunk({ type: isKey ? "key" : "delta", timestamp, data: data as BufferSource });
}

/** Takes the entry of this timestamp, and those before it, which the decoder has left out. */
function takeOlder<T extends Pick<Picture, "frame">>(waiting: T[], timestamp: number): T | undefined {
  const index = waiting.findIndex(({ frame }) => frame.timestamp === timestamp);
  return waiting.splice(0, index + 1).at(-1);
}
