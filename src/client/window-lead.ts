import { decodeLead, encodeWindowReport, type WindowReport } from "../wire/window.ts";
import { byId } from "./dom.ts";

/** What this needs of the rest of the client. */
export interface WindowLeadOptions {
  /** Whether the desktop should have this window's size, and how it then should draw everything. */
  readonly wanted: () => Wanted;
  /** Sends a text message to the gateway, if there is a connection. */
  readonly send: (text: string) => void;
  /** Called when the window begins or ends to lead. */
  readonly onChange: () => void;
  /** Called with whether the desktop is about to take this window's colours, whenever the gateway tells. */
  readonly onColours: (isChanging: boolean) => void;
}

type Wanted = Pick<WindowReport, "fits" | "scale" | "isDark">;

/** Tells the gateway how this window is used, and learns whether it leads: whether the desktop has its size. */
export class WindowLead {
  readonly #options: WindowLeadOptions;
  readonly #note = byId("size-note", HTMLParagraphElement);
  /** When the visitor used this window last, on the page's clock; undefined when never. */
  #used = document.hasFocus() ? performance.now() : undefined;
  #leads: boolean | undefined;
  #reported: Wanted = { fits: false };

  constructor(options: WindowLeadOptions) {
    this.#options = options;
    // Not captured: only the window's own focus, not that of its elements, which the page moves too.
    window.addEventListener("focus", () => this.#noteUse());
    for (const type of ["pointerdown", "keydown"])
      window.addEventListener(type, () => this.#noteUse(), { capture: true, passive: true });
    document.addEventListener("visibilitychange", () => this.#report());
  }

  get leads(): boolean {
    return this.#leads === true;
  }

  /** A new connection: the gateway knows nothing of this window yet. */
  open(): void {
    this.#report();
  }

  /** The connection is lost. */
  lose(): void {
    this.#leads = undefined;
  }

  /** Takes a text message of the gateway. */
  hear(text: string): void {
    const lead = decodeLead(text);
    if (lead === undefined) return;
    this.#options.onColours(lead.isChanging === true);
    this.#leads = lead.leads;
    this.#options.onChange();
  }

  /** Reports what has changed. */
  update(): void {
    const { fits, scale, isDark } = this.#options.wanted();
    const { fits: didFit, scale: hadScale, isDark: wasDark } = this.#reported;
    if (fits !== didFit || scale !== hadScale || isDark !== wasDark) this.#report();
    this.#note.hidden = !fits || this.#leads !== false;
  }

  #noteUse(): void {
    this.#used = performance.now();
    // The leader's use changes nothing.
    if (!this.leads) this.#report();
  }

  #report(): void {
    this.#reported = this.#options.wanted();
    const idle = this.#used === undefined ? undefined : performance.now() - this.#used;
    this.#options.send(
      encodeWindowReport({
        ...this.#reported,
        isVisible: document.visibilityState === "visible",
        ...(idle !== undefined && { idle }),
      }),
    );
  }
}
