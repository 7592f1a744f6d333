import { byId } from "./dom.ts";

/**
 * Wires the full screen button, and captures Escape, Alt+Tab and similar keys for the desktop where the browser
 * allows it; the panel says so.
 */
export function setUpFullScreen(button: HTMLButtonElement, focusDesktop: () => void): void {
  button.hidden = !document.fullscreenEnabled;
  const keyboard = (navigator as Navigator & { keyboard?: KeyboardLock }).keyboard;
  byId("keys-note", HTMLParagraphElement).hidden = button.hidden || keyboard?.lock === undefined;
  button.addEventListener("click", async () => {
    if (document.fullscreenElement !== null) return document.exitFullscreen();
    await document.documentElement.requestFullscreen({ navigationUI: "hide" });
    await keyboard?.lock?.();
    focusDesktop();
  });
  document.addEventListener("fullscreenchange", () => {
    const isFull = document.fullscreenElement !== null;
    button.setAttribute("aria-pressed", String(isFull));
    if (!isFull) keyboard?.unlock?.();
  });
}

/** https://wicg.github.io/keyboard-lock/, which TypeScript's DOM library leaves out. */
interface KeyboardLock {
  lock?(): Promise<void>;
  unlock?(): void;
}
