/** What the page has to draw on; `frames` are those of a video, in a browser that has one. */
export interface Surfaces {
  readonly canvas: OffscreenCanvas;
  readonly frames: WritableStream<VideoFrame> | undefined;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Which one was drawn on. */
export type SurfaceName = "video" | "canvas";

/**
 * Returns the function that draws a frame of a desktop of this size, and closes it. A video shows a frame as it is; the
 * canvas is for sizes that are odd, and for browsers without the other.
 */
export function createSurface({ canvas, frames }: Surfaces): (image: VideoFrame, size: Size) => SurfaceName {
  const context = canvas.getContext("2d", { alpha: false });
  const writer = frames?.getWriter();
  return (image, { width, height }) => {
    if (writer !== undefined && image.displayWidth === width && image.displayHeight === height) {
      // It closes the frame.
      writer.write(image).catch(() => image.close());
      return "video";
    }
    // Only now: a canvas that gets another size is empty.
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    if (context !== null) paint(context, image);
    image.close();
    return "canvas";
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
