import type { KeyStroke } from "./keyboard.ts";

/**
 * What of a key press counts: the character that it gives here, or the place of the key, whose character is then what
 * the desktop's own layout makes of it. Games want places, everything else characters.
 */
export const keyboardModes = ["characters", "positions"] as const;
export type KeyboardMode = (typeof keyboardModes)[number];

const shifts: ReadonlySet<number> = new Set([0xffe1, 0xffe2]);
/** Control, Meta, Alt, Super, both sides. */
const commands: ReadonlySet<number> = new Set([
  0xffe3, 0xffe4, 0xffe7, 0xffe8, 0xffe9, 0xffea, 0xffeb, 0xffec,
]);

/** Turns what the browser tells of keys into what the desktop is told. */
export class KeyMapper {
  /** What each key that is down was sent as: it has to go up as the same. */
  readonly #down = new Map<string, number>();

  map(stroke: KeyStroke, mode: KeyboardMode): Pick<KeyStroke, "keysym" | "code"> {
    const { code, down } = stroke;
    const key = code || `keysym ${stroke.keysym}`;
    const keysym = down ? this.#resolve(stroke, mode) : (this.#down.get(key) ?? stroke.keysym);
    if (down) this.#down.set(key, keysym);
    else this.#down.delete(key);
    // With a code the display server takes the key's place, by its own layout, and the keysym does not matter.
    return { keysym, code: mode === "positions" ? code : "" };
  }

  #resolve({ keysym, code }: KeyStroke, mode: KeyboardMode): number {
    const [, letter] = /^Key([A-Z])$/.exec(code) ?? [];
    if (mode === "positions" || letter === undefined || !isNotLatin(keysym) || !this.#holds(commands))
      return keysym;
    // Ctrl+С of a Russian layout is meant as Ctrl+C: programs know their commands by Latin letters.
    return (this.#holds(shifts) ? letter : letter.toLowerCase()).charCodeAt(0);
  }

  #holds(modifiers: ReadonlySet<number>): boolean {
    return [...this.#down.values()].some((keysym) => modifiers.has(keysym));
  }
}

/** A character beyond Latin-1, whether from the old tables of X11 or by its code point. */
function isNotLatin(keysym: number): boolean {
  return (keysym > 0xff && keysym < 0xfd00) || keysym >= 0x0100_0100;
}
