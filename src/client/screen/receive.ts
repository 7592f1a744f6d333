import type { ScreenCodec, StreamReport } from "../../wire/screen.ts";
import { createDecoder, type Picture } from "./decoder.ts";
import { createLag } from "./lag.ts";
import type { Drawn, FromWorker } from "./messages.ts";
import { openStream } from "./stream.ts";
import type { createSurface, Size } from "./surface.ts";

export interface ReceiveOptions {
  readonly address: string;
  readonly codecs: readonly ScreenCodec[];
  readonly surface: ReturnType<typeof createSurface>;
}

/** Receives, decodes and draws the stream. */
export interface Receiver {
  /** Sets whether frames are drawn; at first they are. */
  draw(isWanted: boolean): void;
  show(isVisible: boolean): void;
  retryNow(): void;
  close(): void;
}

/** Draws the stream of `address` on the surface and tells what the page has to know. */
export function receive(
  { address, codecs, surface }: ReceiveOptions,
  tell: (word: FromWorker) => void,
): Receiver {
  const lagOf = createLag();
  let [codec, size, draws]: [string, Size, boolean] = ["", { width: 0, height: 0 }, true];
  let [lastNumber, fresh] = [0, true];
  const take = ({ image, frame, arrived }: Picture): Drawn => {
    const on = draws ? surface(image, size) : undefined;
    if (!draws) image.close();
    const now = performance.now();
    const dropped = fresh ? 0 : Math.max(0, frame.number - lastNumber - 1);
    [lastNumber, fresh] = [frame.number, false];
    return {
      on,
      isKey: frame.isKey,
      dropped,
      bytes: frame.data.length,
      decoding: now - arrived,
      lag: lagOf(frame.timestamp / 1_000, arrived) + now - arrived,
    };
  };
  const decoder = createDecoder({
    onPicture(picture) {
      stream.receipt(picture.frame.number);
      tell({ type: "drawn", drawn: take(picture) });
    },
    onKeyNeeded: () => stream.askForKey(),
    onHopeless() {
      stream.close();
      tell({ type: "impossible" });
    },
  });
  const begin = () => {
    fresh = true;
    if (codec === "") decoder.close();
    else decoder.expect(codec);
  };
  const follow = (report: StreamReport) => {
    tell({ type: "report", report });
    codec = "paused" in report ? "" : report.codec;
    if ("width" in report) size = { width: report.width, height: report.height };
    begin();
  };
  const stream = openStream(
    address,
    { codecs },
    {
      onReport: follow,
      onPointer: (place) => tell({ type: "pointer", place }),
      onFrame: (frame) => decoder.decode(frame),
      onLost() {
        codec = "";
        begin();
        tell({ type: "lost" });
      },
    },
  );
  return {
    draw(isWanted) {
      draws = isWanted;
    },
    show(isVisible) {
      stream.show(isVisible);
      // Nothing was sent meanwhile.
      if (isVisible) begin();
    },
    retryNow: stream.retryNow,
    close() {
      stream.close();
      decoder.close();
    },
  };
}
