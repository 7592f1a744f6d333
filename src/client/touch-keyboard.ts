import { all, byId, isPressed, setPressed } from "./dom.ts";
import { combination, isNamedKey, type KeyStroke, typing } from "./keyboard.ts";
import { followText } from "./text-field.ts";

/** Text for Backspace to delete: on-screen keyboards report deletions only as changes of the text. */
const filler = "\u00a0".repeat(64);

/**
 * The keyboard of a phone or tablet. A text field out of sight holds the focus, so that the system shows its
 * keyboard, and every change of its text (composition, correction, swipe) becomes key strokes. A row of keys adds
 * those that such keyboards lack; Ctrl and Alt there apply to the next key. `onChange` is called when the keyboard
 * appears and disappears: meanwhile a tap on the desktop must not move the focus.
 */
export function setUpTouchKeyboard(
  send: (strokes: readonly KeyStroke[]) => void,
  onChange: (shown: boolean) => void,
): { show(): void; readonly isShown: boolean } {
  const field = byId("touch-input", HTMLTextAreaElement);
  const row = byId("key-row", HTMLDivElement);
  const modifiers = all(row, "[data-modifier]", HTMLButtonElement);

  const sendWithModifiers = (strokes: readonly KeyStroke[]) => {
    const held = combination(modifiers.filter(isPressed).map((button) => button.dataset.modifier ?? ""));
    send([...held.filter((stroke) => stroke.down), ...strokes, ...held.filter((stroke) => !stroke.down)]);
    for (const button of modifiers) setPressed(button, false);
  };
  const show = (visible: boolean) => {
    row.hidden = !visible;
    fitToKeyboard(visible);
    onChange(visible);
  };
  followField(field, sendWithModifiers, show);
  setUpKeyRow(row, modifiers, sendWithModifiers);
  window.visualViewport?.addEventListener("resize", () => fitToKeyboard(!row.hidden));

  return {
    show: () => field.focus({ preventScroll: true }),
    get isShown() {
      return !row.hidden;
    },
  };
}

/** Sends every change of the field's text, and named keys. */
function followField(
  field: HTMLTextAreaElement,
  send: (strokes: readonly KeyStroke[]) => void,
  show: (visible: boolean) => void,
): void {
  const reset = followText(field, send, { filler, isLive: true });
  field.addEventListener("keydown", (event) => {
    const strokes = event.isComposing ? [] : keyStrokes(event);
    if (strokes.length === 0) return;
    event.preventDefault();
    send(strokes);
    reset();
  });
  field.addEventListener("focus", () => {
    reset();
    show(true);
  });
  field.addEventListener("blur", () => show(false));
}

/** What `keyStrokes` reads of a key press. */
type Press = Pick<
  KeyboardEvent,
  "key" | "code" | "ctrlKey" | "altKey" | "metaKey" | "shiftKey" | "getModifierState"
>;

/** For hardware keyboards: named keys and commands; text arrives through the field. */
export function keyStrokes(event: Press): KeyStroke[] {
  const held = [
    ...(event.ctrlKey ? ["ControlLeft"] : []),
    ...(event.altKey ? ["AltLeft"] : []),
    ...(event.metaKey ? ["MetaLeft"] : []),
    ...(event.shiftKey ? ["ShiftLeft"] : []),
  ];
  const modifiers = combination(held);
  const [down, up] = [modifiers.slice(0, held.length), modifiers.slice(held.length)];
  if (isNamedKey(event.key)) return [...down, ...combination([event.key]), ...up];
  // Some systems report AltGr as Ctrl and Alt; it types text.
  const isCommand = (event.ctrlKey || event.altKey) && !event.getModifierState("AltGraph");
  if (!isCommand || event.key.length !== 1 || event.code === "KeyV") return [];
  // With Caps Lock a browser reports the other letter, for which the display server would press or release Shift.
  const letter = event.shiftKey ? event.key.toUpperCase() : event.key.toLowerCase();
  return [...down, ...typing(/^[a-z]$/i.test(letter) ? letter : event.key), ...up];
}

function setUpKeyRow(
  row: HTMLElement,
  modifiers: readonly HTMLButtonElement[],
  send: (strokes: readonly KeyStroke[]) => void,
): void {
  // A press must not take the focus from the field, or the system hides its keyboard.
  row.addEventListener("pointerdown", (event) => event.preventDefault());
  row.addEventListener("mousedown", (event) => event.preventDefault());
  for (const button of modifiers) {
    button.addEventListener("click", () => setPressed(button, !isPressed(button)));
  }
  for (const button of all(row, "[data-keys]", HTMLButtonElement)) {
    button.addEventListener("click", () => send(combination((button.dataset.keys ?? "").split(" "))));
  }
}

/** Keeps the desktop above the system's keyboard, which otherwise covers the page. */
function fitToKeyboard(visible: boolean): void {
  const viewport = window.visualViewport;
  const { style } = document.documentElement;
  if (visible && viewport !== null && viewport.scale < 1.05)
    style.setProperty("--page-height", `${viewport.height}px`);
  else style.removeProperty("--page-height");
}
