import type { Session } from "../session.ts";
import {
  asksForPixels,
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
  #session: Pick<Session, "asksForPixels" | "isSeeThrough" | "onPixels"> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  get mode(): Mode {
    return this.#state.mode;
  }

  /** Begins with RFB's picture in a new session; null: there is none. */
  join(session: Pick<Session, "asksForPixels" | "isSeeThrough" | "onPixels"> | null): void {
    this.#session = session;
    if (session !== null)
      session.onPixels = (areFirst) => this.step({ type: areFirst ? "whole" : "painted" });
    this.#enter({ ...firstMode, prefersStream: this.#state.prefersStream });
  }

  step(event: ModeEvent): void {
    this.#enter(nextMode(this.#state, event, performance.now()));
  }

  /** Applies the mode again: the page was hidden, or is seen again. */
  look(): void {
    if (this.#session === null) return;
    this.#session.isSeeThrough = showsStream(this.mode);
    // Nobody sees the picture of a hidden page; it is asked for again when the page is seen.
    const isUnseen = document.visibilityState === "hidden" && this.mode !== "rfb";
    this.#session.asksForPixels = asksForPixels(this.mode) && !isUnseen;
  }

  #enter(state: ModeState): void {
    this.#state = state;
    clearTimeout(this.#timer);
    const due = dueAt(state);
    if (due !== undefined)
      this.#timer = setTimeout(() => this.step({ type: "due" }), due - performance.now());
    this.look();
  }
}
