/** What is shown on the measured desktops. */
export type ContentName = "text" | "drag" | "video" | "still" | "probe";

export interface Content {
  readonly name: ContentName;
  readonly title: string;
  readonly width: number;
  readonly height: number;
  /** Pictures a second. */
  readonly rate: number;
  /** Simultaneous viewers of each measurement. */
  readonly viewers: readonly number[];
}

const HD = { width: 1280, height: 720 };
const FULL_HD = { width: 1920, height: 1080 };
const ULTRA_HD = { width: 3840, height: 2160 };

export const CONTENTS: readonly Content[] = [
  { name: "text", title: "scrolling text", ...HD, rate: 60, viewers: [1, 5, 20] },
  { name: "drag", title: "dragged window", ...HD, rate: 60, viewers: [1] },
  { name: "video", title: "720p video", ...HD, rate: 60, viewers: [1] },
  { name: "video", title: "1080p video", ...FULL_HD, rate: 60, viewers: [1] },
  { name: "video", title: "4K video at 30/s", ...ULTRA_HD, rate: 30, viewers: [1] },
  { name: "video", title: "720p video at 30/s", ...HD, rate: 30, viewers: [20] },
  { name: "still", title: "blinking caret", ...HD, rate: 60, viewers: [1] },
];

/** A page of text with a square that changes its colour at every key and click. */
export const PROBE: Content = { name: "probe", title: "key and click", ...HD, rate: 60, viewers: [1] };

/** What is seen when the picture is interrupted. */
export const INTERRUPTED: Content = { name: "video", title: "interruptions", ...HD, rate: 30, viewers: [1] };

/** The square of {@link PROBE}. */
export const SQUARE = { x: 608, y: 320, width: 64, height: 64 };

/** The room that is compared: not the edges, where clients have handles of their panels. */
export function comparedArea({ width, height }: Content) {
  return { x: 96, y: 64, width: width - 192, height: height - 128 };
}
