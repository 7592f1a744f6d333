import { combination, type HeldKey, type KeyStroke, withModifiers } from "../keyboard.ts";

/** What these functions read of a key press. */
export type PasteEvent = Pick<
  KeyboardEvent,
  "key" | "code" | "ctrlKey" | "shiftKey" | "altKey" | "metaKey" | "getModifierState"
>;

/**
 * Whether a key press pastes: Ctrl+V, on Apple's systems also Cmd+V, both also with Shift (without formatting), and
 * Shift+Insert. Apple's older programs paste without formatting by Cmd+Option+Shift+V.
 */
export function isPasteKey(event: PasteEvent, isApple = isOnApple()): boolean {
  const { key, code, ctrlKey, shiftKey, altKey, metaKey } = event;
  if (code === "Insert") return shiftKey && !ctrlKey && !altKey && !metaKey;
  const isCommand = metaKey ? isApple && !ctrlKey : ctrlKey;
  if (!isCommand || (altKey && !(metaKey && shiftKey))) return false;
  return key.toLowerCase() === "v" || (code === "KeyV" && !isLatin(key));
}

/** The strokes that paste on the desktop, which knows Cmd only as Alt, while it holds the modifiers in `held`. */
export function pasteStrokes(event: PasteEvent, held: readonly HeldKey[]): KeyStroke[] {
  if (event.code === "Insert") return withModifiers(["Shift"], held, combination(["Insert"]));
  // The letter that these modifiers give: for the other one the display server would press or release Shift.
  const isCapital = event.shiftKey !== event.getModifierState("CapsLock");
  const letter = { keysym: isCapital ? 0x56 : 0x76, code: "KeyV" };
  const press = [true, false].map((down) => ({ ...letter, down }));
  return withModifiers(event.shiftKey ? ["Control", "Shift"] : ["Control"], held, press);
}

/** On layouts without Latin letters, commands go by the position of the Latin ones. */
function isLatin(key: string): boolean {
  return /^[\x20-\xff]$/.test(key);
}

function isOnApple(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.platform);
}
