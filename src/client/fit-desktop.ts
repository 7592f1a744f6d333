import { LARGEST_SCALE } from "../wire/window.ts";
import type { Settings } from "./settings.ts";

/** The part of the page that shows the desktop. */
export interface Place {
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Pixels of the screen for a CSS pixel: `devicePixelRatio`. */
  readonly density: number;
  /** Whether fingers are the main way to point here. */
  readonly isTouch: boolean;
}

/** How a desktop fills a place. */
export interface DesktopFit {
  /** Pixels of the desktop. */
  readonly width: number;
  readonly height: number;
  /** How many times larger than on an ordinary screen the desktop should draw everything: 1 to LARGEST_SCALE. */
  readonly scale: number;
}

/** Most pixels of a desktop that is made dense: those of a 4K screen, with some height to spare. */
const MOST_DENSE = 3840 * 2400;
/** Room in a row on a phone: most programs need about so much. */
const NARROWEST_ON_TOUCH = 1024;
/** Browsers round the size of the place down by less than this: it is not worth a row of pixels. */
const ROUNDING = 0.05;

/**
 * The size and the scale with which a desktop fills a place: one of its pixels for each pixel of the screen if `sharp`,
 * else for each CSS pixel. It has room for as many ordinary pixels as the place has CSS pixels, and on a touch screen for
 * at least 1024 in a row; a `zoom` above 100 percent makes everything larger, and the room smaller. A place with fewer
 * pixels than that gets a larger desktop, to be scaled down.
 */
export function fitDesktop(place: Place, { sharp, zoom }: Pick<Settings, "sharp" | "zoom">): DesktopFit {
  const { height, isTouch } = place;
  // A frame that is not shown has no width.
  const width = Math.max(1, place.width);
  const density = sharp ? affordableDensity(place) : 1;
  const room = (Math.max(width, isTouch ? NARROWEST_ON_TOUCH : 0) * 100) / zoom;
  const ratio = Math.max(density, room / width);
  return {
    width: Math.floor(width * ratio + ROUNDING),
    height: Math.floor(height * ratio + ROUNDING),
    scale: Math.min(LARGEST_SCALE, Math.round(((width * ratio) / room) * 100) / 100),
  };
}

/**
 * The place's density, less where the desktop would have too many pixels. Then in quarters, so that the scale does not
 * change all the time while somebody resizes the window.
 */
function affordableDensity({ width, height, density }: Place): number {
  if (width * height * density ** 2 <= MOST_DENSE) return density;
  const affordable = Math.floor(4 * Math.sqrt(MOST_DENSE / (width * height))) / 4;
  return Math.min(density, Math.max(1, affordable));
}

/**
 * CSS pixels for a pixel of a picture that is scaled to a place. A picture that fits pixel for pixel is shown so exactly:
 * with the least other scale, text is blurred.
 */
export function scaleToFit(
  { width, height, density }: Pick<Place, "width" | "height" | "density">,
  picture: { readonly width: number; readonly height: number },
): number {
  const missing = Math.min(width * density - picture.width, height * density - picture.height);
  if (missing > -2 * ROUNDING && missing < 1) return 1 / density;
  return Math.min(width / picture.width, height / picture.height);
}

/** Least size of a pointer on the page, in CSS pixels. */
const SMALLEST_POINTER = 20;

/** CSS pixels for a pixel of the pointer's image: it is scaled like the desktop's picture, but stays visible. */
export function scaleOfPointer(ofPicture: number, image: { readonly w: number; readonly h: number }): number {
  const size = Math.max(image.w, image.h, 1);
  return Math.max(ofPicture, Math.min(1, SMALLEST_POINTER / size));
}
