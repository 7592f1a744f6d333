import type { Page } from "playwright-core";

/** A key press as a browser reports it. */
export interface Press {
  readonly key: string;
  readonly code: string;
  readonly shift?: boolean;
  readonly altGr?: boolean;
  readonly caps?: boolean;
  readonly num?: boolean;
}

/** Presses of `characters` on these keys, one for each. */
function row(characters: string, codes: string, options: Partial<Press> = {}): Press[] {
  const places = codes.split(" ");
  return [...characters].map((key, index) => ({ key, code: places[index] ?? "", ...options }));
}

/** Keyboards of other countries: the typed text, and the presses that browsers report. */
export const layouts: Readonly<Record<string, readonly Press[]>> = {
  de: [
    ...row("zyöäüß-#", "KeyY KeyZ Semicolon Quote BracketLeft Minus Slash Backslash"),
    ...row("ZÖ/=?_", "KeyY Semicolon Digit7 Digit0 Minus Slash", { shift: true }),
    ...row("@€{[]}\\|~", "KeyQ KeyE Digit7 Digit8 Digit9 Digit0 Minus IntlBackslash BracketRight", {
      altGr: true,
    }),
  ],
  fr: [
    ...row(
      "aqzwm&é\"'(-è_çà)ù",
      [
        "KeyQ KeyA KeyW KeyZ Semicolon Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Quote",
      ].join(),
    ),
    ...row(
      "AQM1234567890./",
      [
        "KeyQ KeyA Semicolon Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Comma Period",
      ].join(),
      { shift: true },
    ),
    ...row("#{[|\\@]}€", "Digit3 Digit4 Digit5 Digit6 Digit8 Digit0 Minus Equal KeyE", { altGr: true }),
  ],
  ru: [
    ...row("приветжэёюб.", "KeyG KeyH KeyB KeyD KeyT KeyN Semicolon Quote Backquote Period Comma Slash"),
    ...row("ПЖ,№", "KeyG Semicolon Slash Digit3", { shift: true }),
  ],
  ja: [
    ...row("@[]^:;", "BracketLeft BracketRight Backslash Equal Quote Semicolon"),
    ...row(
      "\"&'()=~`{}+*_",
      "Digit2 Digit6 Digit7 Digit8 Digit9 Minus Equal BracketLeft BracketRight Backslash Semicolon Quote IntlRo",
      { shift: true },
    ),
    ...row("ちとしはきくまのり", "KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL"),
    { key: "¥", code: "IntlYen" },
  ],
};

/** Reports key presses as a browser would on a foreign keyboard. */
export async function press(page: Page, presses: readonly Press[]): Promise<void> {
  // As text: it runs in the page, and the end-to-end tests are type-checked without a page's types.
  await page.evaluate(`(${SEND})(${JSON.stringify(presses)})`);
}

const SEND = `(presses) => {
  const field = document.querySelector("#desktop-input");
  const send = (type, init) =>
    field.dispatchEvent(new KeyboardEvent(type, { bubbles: true, cancelable: true, ...init }));
  for (const { key, code, shift = false, altGr = false, caps = false, num = false } of presses) {
    const state = { shiftKey: shift, modifierCapsLock: caps, modifierNumLock: num, modifierAltGraph: altGr };
    const location = code.startsWith("Numpad") ? 3 : 0;
    if (shift) send("keydown", { key: "Shift", code: "ShiftLeft", location: 1, ...state });
    if (altGr) send("keydown", { key: "AltGraph", code: "AltRight", location: 2, ...state });
    send("keydown", { key, code, location, ...state });
    send("keyup", { key, code, location, ...state });
    if (altGr) send("keyup", { key: "AltGraph", code: "AltRight", location: 2 });
    if (shift) send("keyup", { key: "Shift", code: "ShiftLeft", location: 1 });
  }
}`;
