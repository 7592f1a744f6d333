import type { KeyStroke } from "./keyboard.ts";
import { followText } from "./text-field.ts";

/**
 * The field that has the focus while the desktop takes keys. noVNC takes its key presses, so they leave no text in
 * it; text that no key types arrives in it and is sent: from input methods, dictation, emoji pickers and text
 * expanders. While a text is composed the field is visible.
 */
export function setUpDesktopInput(
  field: HTMLTextAreaElement,
  send: (strokes: readonly KeyStroke[]) => void,
): void {
  const reset = followText(field, send, { filler: "", isLive: false });
  // A tap on the desktop must not open the system's keyboard.
  if (matchMedia("(any-pointer: coarse)").matches) field.inputMode = "none";
  // On the parent, which gets the event before noVNC.
  field.parentElement?.addEventListener(
    "keydown",
    (event) => {
      if (event.target !== field) return;
      if (!field.readOnly && isText(event)) event.stopPropagation();
      else reset();
    },
    true,
  );
  // Pasting is the clipboard's; the browser may offer it twice, or too late.
  field.addEventListener("beforeinput", (event) => {
    if (event.inputType === "insertFromPaste") event.preventDefault();
  });
  field.addEventListener("compositionstart", () => field.toggleAttribute("data-composing", true));
  field.addEventListener("compositionend", () => field.toggleAttribute("data-composing", false));
  field.addEventListener("focus", reset);
}

/** Whether a key press belongs to an input method or stands for a text: then the field gets that text. */
function isText({ isComposing, keyCode, key, code }: KeyboardEvent): boolean {
  // Safari and Chromium on macOS tell only by the key code that an input method has taken the key.
  return isComposing || keyCode === 229 || (key === "Unidentified" && code === "");
}
