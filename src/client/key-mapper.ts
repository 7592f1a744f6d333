import type { HeldKey, KeyStroke } from "./keyboard.ts";

/**
 * Whether a key press means the character it gives here, or the key's position, for which the desktop's own layout
 * decides. Games want positions, everything else characters.
 */
export const keyboardModes = ["characters", "positions"] as const;
export type KeyboardMode = (typeof keyboardModes)[number];

const shifts: ReadonlySet<number> = new Set([0xffe1, 0xffe2]);
/** Control, Meta, Alt, Super, both sides. */
const commands: ReadonlySet<number> = new Set([
  0xffe3, 0xffe4, 0xffe7, 0xffe8, 0xffe9, 0xffea, 0xffeb, 0xffec,
]);
/** Mode_switch and AltGr. */
const levels: ReadonlySet<number> = new Set([0xff7e, 0xfe03]);

/** Translates the browser's keys into those sent to the desktop. */
export class KeyMapper {
  /** What each pressed key was sent as: it must be released as the same. */
  readonly #down = new Map<string, HeldKey>();

  /** The modifiers that the desktop holds down. */
  get modifiers(): HeldKey[] {
    return [...this.#down.values()].filter(({ keysym }) =>
      [shifts, commands, levels].some((kind) => kind.has(keysym)),
    );
  }

  map(stroke: KeyStroke, mode: KeyboardMode): HeldKey {
    const { code, down } = stroke;
    const key = code || `keysym ${stroke.keysym}`;
    const keysym = down ? this.#resolve(stroke, mode) : (this.#down.get(key) ?? stroke).keysym;
    if (down) this.#down.set(key, { keysym, code });
    else this.#down.delete(key);
    // With a code the display server uses the key's position in its own layout and ignores the keysym.
    return { keysym, code: mode === "positions" ? code : "" };
  }

  #resolve({ keysym, code }: KeyStroke, mode: KeyboardMode): number {
    const [, letter] = /^Key([A-Z])$/.exec(code) ?? [];
    if (mode === "positions" || letter === undefined || !isNotLatin(keysym) || !this.#holds(commands))
      return keysym;
    // Ctrl+С on a Russian layout means Ctrl+C: programs know their commands by Latin letters.
    return (this.#holds(shifts) ? letter : letter.toLowerCase()).charCodeAt(0);
  }

  #holds(modifiers: ReadonlySet<number>): boolean {
    return [...this.#down.values()].some(({ keysym }) => modifiers.has(keysym));
  }
}

/** A character beyond Latin-1, whether from the old tables of X11 or by its code point. */
function isNotLatin(keysym: number): boolean {
  return (keysym > 0xff && keysym < 0xfd00) || keysym >= 0x0100_0100;
}
