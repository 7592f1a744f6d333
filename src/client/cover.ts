import { element } from "./dom.ts";
import type { Session } from "./session.ts";

/** Milliseconds that programs may take to paint themselves in new colours; a wallpaper takes the longest. */
const PAINTING = 3_000;
/** Milliseconds that a visitor waits at most. */
const LONGEST = 5_000;
/** A picture with a higher mean, from 0 to 255, counts as light. */
const MIDDLE = 110;
/** A picture with a lower mean is not painted yet: the desktop is black while it takes the window's size. */
const BLACK = 10;

export interface CoverOptions {
  /** Whether this window's colours are dark. */
  readonly isDark: () => boolean;
  /** The session while it is connected. */
  readonly session: () => Session | null;
}

/**
 * Covers the desktop while it changes to this window's colours, so that a visitor who prefers dark does not see a light one
 * first. Call the returned function whenever such a change begins or ends. It covers only the first picture of a connection:
 * later the visitor may see the change.
 */
export function createCover({ isDark, session }: CoverOptions): (isChanging: boolean) => void {
  const root = document.documentElement;
  const point = element("canvas", { width: "1", height: "1" }).getContext("2d", { willReadFrequently: true });
  let isPainting = false;
  let deadline = 0;
  const look = (now: number) => {
    const picture = session()?.seen;
    const isPainted = isPainting && picture && isBright(picture, point) === !isDark();
    if (isPainted || now >= deadline) root.removeAttribute("data-covered");
    else requestAnimationFrame(look);
  };
  return (isChanging) => {
    const isCovered = root.hasAttribute("data-covered");
    if (isCovered && !isChanging && !isPainting) {
      isPainting = true;
      deadline = Math.min(deadline, performance.now() + PAINTING);
    }
    if (isCovered || !isChanging || session() !== null) return;
    root.toggleAttribute("data-covered", true);
    isPainting = false;
    deadline = performance.now() + LONGEST;
    requestAnimationFrame(look);
  };
}

/** Whether a picture is bright on the whole; undefined where that is not known. */
function isBright(picture: Session["seen"], point: CanvasRenderingContext2D | null): boolean | undefined {
  const width = picture instanceof HTMLVideoElement ? picture.videoWidth : picture.width;
  if (point === null || width === 0) return undefined;
  point.imageSmoothingQuality = "high";
  point.drawImage(picture, 0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = point.getImageData(0, 0, 1, 1).data;
  const mean = (red + green + blue) / 3;
  return mean < BLACK ? undefined : mean > MIDDLE;
}
