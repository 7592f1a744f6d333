/** One key going down or up: an X11 keysym and, if the key has a position on a keyboard, its DOM code. */
export interface KeyStroke {
  readonly keysym: number;
  readonly code: string;
  readonly down: boolean;
}

/** A key that the desktop holds down. */
export type HeldKey = Pick<KeyStroke, "keysym" | "code">;

/** X11 keysyms of the keys that the client sends by name, under their DOM codes. */
const keysyms: Readonly<Record<string, number>> = {
  Backspace: 0xff08,
  Tab: 0xff09,
  Enter: 0xff0d,
  Escape: 0xff1b,
  Home: 0xff50,
  ArrowLeft: 0xff51,
  ArrowUp: 0xff52,
  ArrowRight: 0xff53,
  ArrowDown: 0xff54,
  PageUp: 0xff55,
  PageDown: 0xff56,
  End: 0xff57,
  PrintScreen: 0xff61,
  Delete: 0xffff,
  Insert: 0xff63,
  F4: 0xffc1,
  F11: 0xffc8,
  ShiftLeft: 0xffe1,
  ControlLeft: 0xffe3,
  AltLeft: 0xffe9,
  MetaLeft: 0xffeb,
  KeyT: 0x74,
};

/** Whether the key with this DOM code or key name can be sent by name. */
export function isNamedKey(name: string): boolean {
  return name.length > 1 && !name.startsWith("Key") && name in keysyms;
}

/** The strokes of a combination: all keys down in the order given, then up in reverse. Throws on an unknown code. */
export function combination(codes: readonly string[]): KeyStroke[] {
  const keys = codes.map((code) => {
    const keysym = keysyms[code];
    if (keysym === undefined) throw new Error(`no keysym for ${code}`);
    return { keysym, code };
  });
  const down = keys.map((key) => ({ ...key, down: true }));
  const up = keys.map((key) => ({ ...key, down: false })).reverse();
  return [...down, ...up];
}

/**
 * Adds to strokes what makes the desktop hold exactly these modifiers meanwhile, and those in `held` before and after.
 */
export function withModifiers(
  wanted: readonly (keyof typeof sides)[],
  held: readonly HeldKey[],
  strokes: readonly KeyStroke[],
): KeyStroke[] {
  const missing = wanted.filter((name) => !held.some(({ keysym }) => sides[name].includes(keysym)));
  const surplus = held.filter(({ keysym }) => !wanted.some((name) => sides[name].includes(keysym)));
  // Missing ones go down first: Alt pressed and released alone opens menus.
  const before = [
    ...missing.map((name) => ({ keysym: sides[name][0], code: `${name}Left`, down: true })),
    ...surplus.map((modifier) => ({ ...modifier, down: false })),
  ];
  const after = before.map((stroke) => ({ ...stroke, down: !stroke.down })).reverse();
  return [...before, ...strokes, ...after];
}

/** Keysyms of the left and the right key of a modifier. */
const sides: Readonly<Record<"Control" | "Shift", readonly [number, number]>> = {
  Control: [0xffe3, 0xffe4],
  Shift: [0xffe1, 0xffe2],
};

/** The strokes that type a text, character by character, whatever the layout; line breaks are Enter. */
export function typing(text: string): KeyStroke[] {
  return [...text.replaceAll("\r\n", "\n")].flatMap((character) => {
    const keysym = keysymOf(character);
    return [
      { keysym, code: "", down: true },
      { keysym, code: "", down: false },
    ];
  });
}

/** Recognises Ctrl+Alt+Shift pressed and released with no other key in between, which opens the panel. */
export class PanelChord {
  #armed = false;

  /** Takes a pressed key. */
  down(event: ModifierState): void {
    this.#armed = isModifier(event.key) && event.ctrlKey && event.altKey && event.shiftKey;
  }

  /**
   * Takes a released key; true when that completes the chord, which is on the last release: until then the desktop
   * still holds keys.
   */
  up(event: ModifierState): boolean {
    if (!isModifier(event.key)) this.#armed = false;
    if (event.ctrlKey || event.altKey || event.shiftKey) return false;
    const complete = this.#armed;
    this.#armed = false;
    return complete;
  }
}

type ModifierState = Pick<KeyboardEvent, "key" | "ctrlKey" | "altKey" | "shiftKey">;

function isModifier(key: string): boolean {
  // Alt together with Shift is reported as Meta on some systems.
  return key === "Control" || key === "Alt" || key === "Shift" || key === "Meta";
}

function keysymOf(character: string): number {
  if (character === "\n" || character === "\r") return 0xff0d;
  if (character === "\t") return 0xff09;
  const point = character.codePointAt(0) ?? 0;
  const isLatin1 = (point >= 0x20 && point <= 0x7e) || (point >= 0xa0 && point <= 0xff);
  return isLatin1 ? point : 0x0100_0000 + point;
}
