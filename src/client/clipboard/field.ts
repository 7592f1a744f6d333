import { byId, write } from "../dom.ts";
import { createToast } from "../toast.ts";
import { t, type Words } from "../translate.ts";

/** What the panel's text field needs. */
export interface FieldOptions {
  /** Sends a text to the desktop; resolves to what the visitor is told. */
  readonly send: (text: string) => Promise<Words>;
}

/** Most characters that the field shows: browsers take seconds to lay out more. */
const MOST_SHOWN = 100_000;

/** The panel's text field with its buttons, and the notes about the clipboard. */
export class ClipboardField {
  readonly #field = byId("clipboard-text", HTMLTextAreaElement);
  readonly #paste = byId("clipboard-paste", HTMLButtonElement);
  readonly #note = byId("clipboard-note", HTMLParagraphElement);
  readonly #toast = createToast("clipboard-toast");
  readonly #options: FieldOptions;
  /** The whole text, which may be too long for the field. */
  #text = "";
  /** The text to send next, while another is being sent. */
  #next: string | null = null;
  #isSending = false;

  constructor(options: FieldOptions) {
    this.#options = options;
    this.#field.addEventListener("input", () => {
      this.#text = this.#field.value;
      void this.#send();
    });
    byId("clipboard-copy", HTMLButtonElement).addEventListener("click", () => void this.#copyAll());
    this.#paste.addEventListener("click", () => void this.#pasteAll());
  }

  /** Shows a text that both sides have. */
  show(text: string): void {
    this.#text = text;
    const fits = text.length <= MOST_SHOWN;
    this.#field.value = fits ? text : "";
    this.say(fits ? undefined : t("The text is too long to be shown here. “Copy” takes all of it."));
  }

  /** Forbids sending. */
  close(): void {
    this.#field.readOnly = true;
    this.#paste.disabled = true;
  }

  say(words?: Words): void {
    write(this.#note, words);
  }

  /** Tells of a failure, also while the panel is closed. */
  complain(words: Words): void {
    this.say(words);
    this.#toast.show(words, false);
  }

  /** Hides an earlier failure. */
  calm(): void {
    this.#toast.hide();
  }

  /** Sends the text; of several that come meanwhile only the last. */
  async #send(): Promise<void> {
    this.#next = this.#text;
    this.say();
    if (this.#isSending) return;
    this.#isSending = true;
    while (this.#next !== null) {
      const text = this.#next;
      this.#next = null;
      const words = await this.#options.send(text);
      if (this.#next === null) this.say(words);
    }
    this.#isSending = false;
  }

  async #copyAll(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.#text);
      this.say(t("Copied to this computer."));
    } catch {
      this.#field.select();
      this.say(t("The browser does not allow copying. The text is selected: copy it with the keyboard."));
    }
  }

  async #pasteAll(): Promise<void> {
    try {
      this.show(await navigator.clipboard.readText());
    } catch {
      this.#field.focus();
      this.say(t("The browser does not allow pasting. Paste into the field with the keyboard."));
      return;
    }
    await this.#send();
  }
}
