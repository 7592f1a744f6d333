import type { Session } from "../session.ts";
import {
  asksForExact,
  asksForPixels,
  drawsStream,
  dueAt,
  firstMode,
  type Mode,
  type ModeEvent,
  type ModeState,
  nextMode,
  showsStream,
} from "./mode.ts";

/** Decides between RFB's picture and the stream's, and makes a session show it. */
export class PictureSwitch {
  #state: ModeState = firstMode;
  #session: Pick<Session, "asksForPixels" | "isExact" | "isSeeThrough" | "onPixels"> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #draws = true;
  readonly #onDraws: (draws: boolean) => void;

  /** `onDraws` is called whenever the stream is to be drawn from now on, or no more. At first it is. */
  constructor(onDraws: (draws: boolean) => void) {
    this.#onDraws = onDraws;
  }

  get mode(): Mode {
    return this.#state.mode;
  }

  /** Begins with RFB's picture in a new session; null: there is none. */
  join(session: Pick<Session, "asksForPixels" | "isExact" | "isSeeThrough" | "onPixels"> | null): void {
    this.#session = session;
    if (session !== null)
      session.onPixels = (areFirst, time) =>
        this.step(areFirst ? { type: "whole" } : { type: "painted", time });
    this.#enter({ ...firstMode, prefersStream: this.#state.prefersStream });
  }

  step(event: ModeEvent): void {
    this.#enter(nextMode(this.#state, event, performance.now()));
  }

  /** Applies the mode again: the page was hidden, or is seen again. */
  look(): void {
    if (this.#session === null) return;
    if (!showsStream(this.mode)) this.#session.isSeeThrough = false;
    else if (!this.#session.isSeeThrough) this.#reveal();
    // Nobody sees the picture of a hidden page; it is asked for again when the page is seen.
    const isUnseen = document.visibilityState === "hidden" && this.mode !== "rfb";
    this.#session.isExact = asksForExact(this.#state);
    this.#session.asksForPixels = asksForPixels(this.mode) && !isUnseen;
  }

  /** Another thread has drawn the stream: for a moment, the page may still have what that drew long ago. */
  #reveal(): void {
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        if (this.#session !== null) this.#session.isSeeThrough = showsStream(this.mode);
      }),
    );
  }

  #enter(state: ModeState): void {
    this.#state = state;
    clearTimeout(this.#timer);
    const due = dueAt(state);
    if (due !== undefined)
      this.#timer = setTimeout(() => this.step({ type: "due" }), due - performance.now());
    this.look();
    if (drawsStream(state.mode) === this.#draws) return;
    this.#draws = !this.#draws;
    this.#onDraws(this.#draws);
  }
}
