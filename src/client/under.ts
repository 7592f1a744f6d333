import type RFB from "@novnc/novnc";
import { element } from "./dom.ts";

/** A place on the desktop, in pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** A picture in the page. */
export type Drawing = HTMLCanvasElement | HTMLVideoElement;

/** What lies under noVNC's picture. */
export interface Under {
  /** The picture that is to be seen. */
  readonly seen: Drawing | undefined;
  /** Draws a pointer there. */
  point(place: Place): void;
}

/** Lays other pictures under noVNC's, which have its place and size from now on. The last one is seen that is not hidden. */
export function layUnder(
  { _screen: screen, _canvas: picture, _display: display }: Pick<RFB, "_screen" | "_canvas" | "_display">,
  pictures: readonly Drawing[],
): Under {
  const pointer = element("div", { class: "pointer" });
  const frame = element("div", { class: "under", "aria-hidden": "true" }, ...pictures, pointer);
  pointer.hidden = true;
  Object.assign(screen.style, { display: "grid", gridTemplate: "100% / 100%" });
  screen.prepend(frame);
  let pointed: Place = { x: 0, y: 0 };
  const place = () => {
    const { width, height, margin, imageRendering } = picture.style;
    Object.assign(frame.style, { width, height, margin });
    for (const { style } of pictures) Object.assign(style, { width, height, imageRendering });
    pointer.style.margin = `${display.scale * pointed.y}px 0 0 ${display.scale * pointed.x}px`;
  };
  // noVNC has no event for this.
  const rescale = display._rescale.bind(display);
  display._rescale = (scale) => {
    rescale(scale);
    place();
  };
  place();
  return {
    get seen() {
      return pictures.findLast(({ hidden }) => !hidden);
    },
    point(at) {
      pointed = at;
      place();
      pointer.hidden = false;
    },
  };
}
