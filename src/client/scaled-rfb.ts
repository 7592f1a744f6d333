import RFB, { type Gesture, type Gestures, type Touch } from "@novnc/novnc";
import { scaleOfPointer, scaleToFit } from "./fit-desktop.ts";
import { type Axis, pan, scrolledAfter } from "./pan.ts";

/** Two fingers make the picture at most so many times larger. */
const LARGEST = 5;

/** Milliseconds until a press is a long one: as on phones. noVNC waits twice as long. */
const LONG_PRESS = 500;

/**
 * noVNC's session with a picture whose pixels may be smaller than the page's, so that it is as sharp as the screen. Two
 * fingers enlarge and move it; what they move beyond its edge turns the desktop's wheel.
 */
export class ScaledRfb extends RFB {
  /** Pixels of the screen for a CSS pixel; 1 where the picture need not be sharper than the page. */
  density = 1;
  /** The size to ask for where the desktop fits the window. @default the place's, in CSS pixels */
  wantedSize = (): { readonly width: number; readonly height: number } =>
    this._screen.getBoundingClientRect();
  /** How many times larger than usual fingers have made the picture. */
  #enlarged = 1;
  /** Where two fingers were last. */
  #fingers: Fingers = { x: 0, y: 0, distance: 1 };
  /** How far the picture is scrolled, which the browser rounds. */
  #scrolled: Point = { x: 0, y: 0 };
  /** Pixels by which the present gesture has turned the wheel. */
  #turned: Point = { x: 0, y: 0 };

  constructor(...options: ConstructorParameters<typeof RFB>) {
    super(...options);
    shortenLongPress(this._gestures);
    this._cursor._canvas.setAttribute("aria-hidden", "true");
  }

  override _screenSize(): { w: number; h: number } {
    const { width, height } = this.wantedSize();
    return { w: width, h: height };
  }

  override _updateScale(): void {
    const scale = this.#usualScale() * this.#enlarged;
    this.#align(scale === 1 / this.density);
    // A difference of less than a pixel is no reason for scroll bars.
    this._screen.style.overflow = this.scaleViewport ? "hidden" : "auto";
    const isNew = this._display.scale !== scale;
    this._display.scale = scale;
    this._fixScrollbars();
    if (isNew) this._refreshCursor();
  }

  /** Puts a picture that is shown pixel for pixel on the screen's pixels. Otherwise browsers blur it at odd sizes. */
  #align(isExact: boolean): void {
    const { style } = this._canvas;
    style.imageRendering = isExact ? "pixelated" : "";
    const { width, height } = this._screen.getBoundingClientRect();
    const before = (place: number, picture: number) =>
      Math.max(0, Math.floor((place * this.density - picture) / 2)) / this.density;
    const [left, top] = [before(width, this._display.width), before(height, this._display.height)];
    style.margin = isExact ? `${top}px auto auto ${left}px` : "auto";
  }

  /** CSS pixels for a pixel of the picture until fingers enlarge it. */
  #usualScale(): number {
    return this.scaleViewport ? this.#fittingScale() : 1 / this.density;
  }

  #fittingScale(): number {
    if (this._display.width === 0 || this._display.height === 0) return 1;
    const { width, height } = this._screen.getBoundingClientRect();
    return scaleToFit({ width, height, density: this.density }, this._display);
  }

  /** Scales the pointer like the picture. noVNC calls this in its constructor, before there are fields of this class. */
  override _refreshCursor(): void {
    if (this._cursor._target === null) return;
    const { rgbaPixels, hotx, hoty, w, h } = this._cursorImage;
    const scale = scaleOfPointer(this._display.scale, { w, h });
    this._cursor.change(rgbaPixels, Math.round(hotx * scale), Math.round(hoty * scale), w, h);
    // On touch screens noVNC draws the pointer itself, elsewhere the browser does.
    Object.assign(this._cursor._canvas.style, { width: `${w * scale}px`, height: `${h * scale}px` });
    const { style } = this._canvas;
    const [, url, rest] = /^(url\([^)]*\))(.*)$/.exec(style.cursor) ?? [];
    if (url === undefined || scale === 1) return;
    // The browser keeps the last one that it knows.
    for (const name of ["-webkit-image-set", "image-set"])
      style.cursor = `${name}(${url} ${1 / scale}x)${rest}`;
  }

  override _handleGesture(event: CustomEvent<Gesture>): void {
    if (event.detail.type === "pinch" || event.detail.type === "twodrag") this.#follow(event);
    else super._handleGesture(event);
  }

  /** Follows two fingers. noVNC waits until they have gone some way; they count from where they began. */
  #follow(event: CustomEvent<Gesture>): void {
    const isPinch = event.detail.type === "pinch";
    if (event.type === "gesturestart") {
      this.#fingers = fingersOf(this._gestures._tracked, "first");
      this.#scrolled = { x: this._screen.scrollLeft, y: this._screen.scrollTop };
      this.#turned = { x: 0, y: 0 };
      if (!isPinch) super._handleGesture(event);
    }
    const [before, now] = [this.#fingers, fingersOf(this._gestures._tracked, "last")];
    this.#fingers = now;
    if (isPinch) this.#enlarge(now.distance / before.distance, before);
    const rest = this.#move(now.x - before.x, now.y - before.y);
    if (!isPinch) this.#turn(event, rest);
  }

  /** Makes the picture larger or smaller around a point of the page. */
  #enlarge(wanted: number, point: Point): void {
    const { left, top } = this._screen.getBoundingClientRect();
    const smallest = Math.min(1, this.#fittingScale() / this.#usualScale());
    const enlarged = Math.min(LARGEST, Math.max(smallest, this.#enlarged * wanted));
    const [across, down] = this.#axes();
    const times = enlarged / this.#enlarged;
    this.#enlarged = enlarged;
    this._updateScale();
    this.#scrollTo(scrolledAfter(across, times, point.x - left), scrolledAfter(down, times, point.y - top));
  }

  /** Moves the picture as far as it goes; returns the rest. */
  #move(x: number, y: number): Point {
    const [across, down] = this.#axes();
    const [inX, inY] = [pan(across, x), pan(down, y)];
    this.#scrollTo(inX.scrolled, inY.scrolled);
    return { x: inX.rest, y: inY.rest };
  }

  /** Lets noVNC turn the wheel by steps, for which small motion adds up. */
  #turn({ detail }: CustomEvent<Gesture>, { x, y }: Point): void {
    if (x === 0 && y === 0) return;
    this.#turned = { x: this.#turned.x + x, y: this.#turned.y + y };
    const turned = { ...detail, magnitudeX: this.#turned.x, magnitudeY: this.#turned.y };
    super._handleGesture(new CustomEvent("gesturemove", { detail: turned }));
  }

  #axes(): [Axis, Axis] {
    const place = this._screen.getBoundingClientRect();
    const { width, height, scale } = this._display;
    return [
      { place: place.width, picture: width * scale, scrolled: this.#scrolled.x },
      { place: place.height, picture: height * scale, scrolled: this.#scrolled.y },
    ];
  }

  #scrollTo(x: number, y: number): void {
    this.#scrolled = { x, y };
    this._screen.scrollTo(x, y);
  }
}

function shortenLongPress(gestures: Gestures): void {
  gestures._startLongpressTimeout = () => {
    gestures._stopLongpressTimeout();
    gestures._longpressTimeoutId = window.setTimeout(() => gestures._longpressTimeout(), LONG_PRESS);
  };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Two fingers: the point between them on the page, and how far they are from each other. */
interface Fingers extends Point {
  readonly distance: number;
}

function fingersOf(touches: readonly Touch[], when: "first" | "last"): Fingers {
  const points = touches.map((touch) => ({ x: touch[`${when}X`], y: touch[`${when}Y`] }));
  const [one = { x: 0, y: 0 }, other = one] = points;
  const distance = Math.max(1, Math.hypot(one.x - other.x, one.y - other.y));
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2, distance };
}
