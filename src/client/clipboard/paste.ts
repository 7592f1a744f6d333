import { type Copied, copiedIn } from "./browser.ts";
import { isPasteKey } from "./paste-key.ts";

/** What pasting on the desktop needs. */
export interface PasteOptions {
  /** Whether this key press is on the desktop, and the browser's clipboard should come before it. */
  readonly isWanted: (event: KeyboardEvent) => boolean;
  /** Takes what the browser pastes; resolves to whether the desktop has it now. */
  readonly take: (copied: Copied) => Promise<boolean>;
  /** Presses the keys on the desktop. */
  readonly press: (event: KeyboardEvent) => void;
}

/** Milliseconds a browser may take from the key press to its paste event before the keys are sent without content. */
const PATIENCE = 100;

/** Handles Ctrl+V on the desktop: the content must arrive before the keys. */
export function setUpPasting({ isWanted, take, press }: PasteOptions): void {
  let pending: { readonly event: KeyboardEvent; readonly timer: ReturnType<typeof setTimeout> } | null = null;
  const drop = () => {
    clearTimeout(pending?.timer);
    pending = null;
  };
  const finish = () => {
    const event = pending?.event;
    drop();
    if (event !== undefined) press(event);
  };
  // In the capture phase, so that noVNC does not see the key and prevent the browser's paste event.
  window.addEventListener(
    "keydown",
    (event) => {
      if (!isPasteKey(event) || !isWanted(event)) return;
      event.stopImmediatePropagation();
      finish();
      pending = { event, timer: setTimeout(finish, PATIENCE) };
    },
    true,
  );
  document.addEventListener("paste", (event) => {
    if (pending === null || event.clipboardData === null) return;
    const { event: key } = pending;
    drop();
    // Another handler took the event, as uploads take files: the desktop must not paste its old content instead.
    if (event.defaultPrevented) return;
    event.preventDefault();
    // Nor when it did not get the new content.
    void take(copiedIn(event.clipboardData)).then((isThere) => isThere && press(key));
  });
  // Without a paste event, the keys that are pressed next must still come after it.
  window.addEventListener("keyup", finish, true);
}
