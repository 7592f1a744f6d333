import type { ScreenCodec, StreamReport } from "../../wire/screen.ts";
import { createDecoder, type Picture } from "./decoder.ts";
import { createLag } from "./lag.ts";
import type { Drawn, FromWorker } from "./messages.ts";
import { openStream } from "./stream.ts";

export interface ReceiveOptions {
  readonly address: string;
  readonly codecs: readonly ScreenCodec[];
  readonly canvas: OffscreenCanvas;
}

/** Receives, decodes and draws the stream. */
export interface Receiver {
  show(isVisible: boolean): void;
  retryNow(): void;
  close(): void;
}

/** Draws the stream of `address` on the canvas and tells what the page has to know. */
export function receive(
  { address, codecs, canvas }: ReceiveOptions,
  tell: (word: FromWorker) => void,
): Receiver {
  const context = canvas.getContext("2d", { alpha: false });
  const lagOf = createLag();
  let [codec, size] = ["", { width: 0, height: 0 }];
  let [drawnNumber, fresh] = [0, true];
  const draw = ({ image, frame, arrived }: Picture): Drawn => {
    // Only now: a canvas that gets another size is empty.
    if (canvas.width !== size.width || canvas.height !== size.height) Object.assign(canvas, size);
    if (context !== null) paint(context, image);
    image.close();
    const now = performance.now();
    const dropped = fresh ? 0 : Math.max(0, frame.number - drawnNumber - 1);
    [drawnNumber, fresh] = [frame.number, false];
    return {
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
      tell({ type: "drawn", drawn: draw(picture) });
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

/** Draws a frame. Codecs have even sizes: the last column and row of an odd desktop are missing and drawn twice. */
function paint(context: OffscreenCanvasRenderingContext2D, image: VideoFrame): void {
  const { canvas } = context;
  const { displayWidth: width, displayHeight: height } = image;
  context.drawImage(image, 0, 0);
  if (width < canvas.width) context.drawImage(canvas, width - 1, 0, 1, height, width, 0, 1, height);
  if (height < canvas.height)
    context.drawImage(canvas, 0, height - 1, canvas.width, 1, 0, height, canvas.width, 1);
}
