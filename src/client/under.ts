import type { Display } from "@novnc/novnc";
import { element } from "./dom.ts";

/** A place on the desktop, in pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** What lies under noVNC's picture. */
export interface Under {
  readonly canvas: HTMLCanvasElement;
  /** Draws a pointer there. */
  point(place: Place): void;
}

/** Lays another picture under noVNC's, which has the same place and size from now on. */
export function layUnder(screen: HTMLElement, display: Display, canvas: HTMLCanvasElement): Under {
  const pointer = element("div", { class: "pointer" });
  const frame = element("div", { class: "under", "aria-hidden": "true" }, canvas, pointer);
  pointer.hidden = true;
  Object.assign(screen.style, { display: "grid", gridTemplate: "100% / 100%" });
  screen.prepend(frame);
  let pointed: Place = { x: 0, y: 0 };
  const marginOf = ({ x, y }: Place) => {
    const { scale, _viewportLoc: part } = display;
    return `${scale * (y - part.y)}px 0 0 ${scale * (x - part.x)}px`;
  };
  const place = () => {
    const { scale, width, height, _viewportLoc: part } = display;
    Object.assign(frame.style, { width: `${scale * part.w}px`, height: `${scale * part.h}px` });
    Object.assign(canvas.style, { width: `${scale * width}px`, height: `${scale * height}px` });
    canvas.style.margin = marginOf({ x: 0, y: 0 });
    pointer.style.margin = marginOf(pointed);
  };
  // noVNC has no events for these.
  for (const name of ["_rescale", "viewportChangePos"] as const) {
    const change = display[name].bind(display);
    display[name] = (...values: number[]) => {
      change(...values);
      place();
    };
  }
  place();
  return {
    canvas,
    point(at) {
      pointed = at;
      pointer.style.margin = marginOf(at);
      pointer.hidden = false;
    },
  };
}
