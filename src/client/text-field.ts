import { combination, type KeyStroke, typing } from "./keyboard.ts";

export interface TextFieldOptions {
  /** What the field contains at first: on-screen keyboards report deletions only as changes of the text. */
  readonly filler: string;
  /** Whether text is sent while it is still composed, and corrected later, instead of once when it is final. */
  readonly isLive: boolean;
}

/**
 * Sends every change of a field's text (typing, composition, correction, swipe, dictation) as key strokes. Returns
 * the function that empties the field, for when the cursor may have moved on the desktop.
 */
export function followText(
  field: HTMLTextAreaElement,
  send: (strokes: readonly KeyStroke[]) => void,
  { filler, isLive }: TextFieldOptions,
): () => void {
  let sent = "";
  let isComposing = false;
  const reset = () => {
    field.value = sent = filler;
    field.setSelectionRange(filler.length, filler.length);
  };
  const take = () => {
    if (isComposing && !isLive) return;
    const strokes = editStrokes(sent, field.value);
    sent = field.value;
    if (strokes.length > 0) send(strokes);
    const isIntact = field.value.startsWith(filler) && field.value.length < longestText;
    if (!isComposing && !isIntact) reset();
  };
  field.addEventListener("input", take);
  field.addEventListener("compositionstart", () => {
    isComposing = true;
  });
  field.addEventListener("compositionend", () => {
    isComposing = false;
    take();
  });
  return reset;
}

const longestText = 512;

function editStrokes(before: string, after: string): KeyStroke[] {
  const { backspaces, text } = editBetween(before, after);
  const deletions = Array.from({ length: backspaces }, () => combination(["Backspace"])).flat();
  return [...deletions, ...typing(text)];
}

/** The edit that turns `before` into `after` on the desktop. */
export function editBetween(before: string, after: string): { backspaces: number; text: string } {
  const old = [...before];
  const now = [...after];
  let same = 0;
  while (same < old.length && same < now.length && old[same] === now[same]) same++;
  return { backspaces: old.length - same, text: now.slice(same).join("") };
}
