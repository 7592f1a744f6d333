import { byId, write } from "../dom.ts";
import type { Session } from "../session.ts";
import { t, type Words } from "../translate.ts";
import { type Copied, copiedIn, fingerprint, mayRead, readBrowser, writeBrowser } from "./browser.ts";
import { isPasteKey, pasteStrokes } from "./paste-key.ts";

/** What the clipboard needs of the rest of the client. */
export interface ClipboardOptions {
  /** The desktop's session, or null without a connection. */
  readonly session: () => Session | null;
  /** Whether both clipboards are synchronised automatically. */
  readonly isAutomatic: () => boolean;
  /** Whether an event's target is the desktop rather than a field of the page. */
  readonly isDesktop: (target: EventTarget | null) => boolean;
}

/** The connection between the text clipboard and the rich one, which exists only where the server offers it. */
export interface RichClipboard {
  /** Registers the function that sends content to the desktop; it resolves to whether that succeeded. */
  join(send: (copied: Copied) => Promise<boolean>): void;
  /** Takes rich content that was copied on the desktop. */
  offer(copied: Copied): void;
}

/** Milliseconds a browser may take from the key press to its paste event before the keys are sent without text. */
const pasteTimeout = 100;

/**
 * Synchronises the browser's clipboard and the desktop's: by hand through the panel's text field, or automatically
 * where the browser allows it. The desktop's text is written when it changes. The browser's text is read when the
 * window gets the focus (with permission) and taken from the paste event of Ctrl+V (without).
 */
export class Clipboard {
  readonly #options: ClipboardOptions;
  readonly #field = byId("clipboard-text", HTMLTextAreaElement);
  readonly #note = byId("clipboard-note", HTMLParagraphElement);
  /**
   * The text that both sides have. It is not sent again, which would replace pictures and rich text copied on the
   * desktop.
   */
  #shared: string | null = null;
  /** Content copied on the desktop that the browser has not let us write yet. */
  #unwritten: Copied | null = null;
  #writing: Promise<void> = Promise.resolve();
  #sendRich: ((copied: Copied) => Promise<boolean>) | null = null;
  /** Digest of the rich content last sent or received, which is not sent again. */
  #sharedRich = "";
  /**
   * Whether the browser's text still has to be read in this session. It is not read at once: the desktop announces
   * its own text when a session begins, and noVNC loses its text when two announcements cross.
   */
  #isUnread = false;
  #pendingPaste: { readonly event: KeyboardEvent; readonly timer: ReturnType<typeof setTimeout> } | null =
    null;

  constructor(options: ClipboardOptions) {
    this.#options = options;
    this.#setUpPanel();
    this.#setUpPasting();
    window.addEventListener("focus", () => void this.#synchronise());
    document.addEventListener("pointerup", () => {
      if (this.#isUnread) void this.#synchronise();
      else void this.#writeToBrowser();
    });
  }

  /** Starts following a new session. */
  attach(session: Session): void {
    this.#shared = null;
    this.#isUnread = true;
    session.addEventListener("clipboard", ({ detail }) => {
      // The desktop announces a text to everybody, including the sender.
      if (detail.text === this.#shared) return;
      this.#shared = detail.text;
      this.#field.value = detail.text;
      this.#unwritten = this.#options.isAutomatic() ? { text: detail.text } : null;
      this.#say();
      void this.#writeToBrowser();
    });
  }

  /** Registers the function that sends rich content. */
  join(send: (copied: Copied) => Promise<boolean>): void {
    this.#sendRich = send;
  }

  /** Writes rich content copied on the desktop to the browser's clipboard, if they are synchronised. */
  async offer(copied: Copied): Promise<void> {
    this.#sharedRich = await fingerprint(copied);
    if (copied.text !== undefined) this.#shared = copied.text;
    if (!this.#options.isAutomatic()) return;
    this.#unwritten = copied;
    await this.#writeToBrowser();
  }

  #setUpPanel(): void {
    this.#field.addEventListener("input", () => {
      this.#sendToDesktop(this.#field.value);
      this.#say(t("Sent to the desktop."));
    });
    byId("clipboard-copy", HTMLButtonElement).addEventListener("click", () => void this.#copyField());
    byId("clipboard-paste", HTMLButtonElement).addEventListener("click", () => void this.#pasteField());
  }

  async #copyField(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.#field.value);
      this.#say(t("Copied to this computer."));
    } catch {
      this.#field.select();
      this.#say(t("The browser does not allow copying. The text is selected: copy it with the keyboard."));
    }
  }

  async #pasteField(): Promise<void> {
    try {
      this.#field.value = await navigator.clipboard.readText();
      this.#sendToDesktop(this.#field.value);
      this.#say(t("Sent to the desktop."));
    } catch {
      this.#field.focus();
      this.#say(t("The browser does not allow pasting. Paste into the field with the keyboard."));
    }
  }

  /** Handles Ctrl+V on the desktop: the text must arrive before the keys. */
  #setUpPasting(): void {
    // In the capture phase, so that noVNC does not see the key and prevent the browser's paste event.
    window.addEventListener(
      "keydown",
      (event) => {
        const session = this.#options.session();
        if (session === null || session.viewOnly || !this.#options.isAutomatic()) return;
        if (!isPasteKey(event) || !this.#options.isDesktop(event.target)) return;
        event.stopImmediatePropagation();
        this.#finishPaste();
        this.#pendingPaste = { event, timer: setTimeout(() => this.#finishPaste(), pasteTimeout) };
      },
      true,
    );
    document.addEventListener("paste", (event) => {
      const pending = this.#pendingPaste;
      if (pending === null || event.clipboardData === null) return;
      this.#dropPaste();
      // Another handler took the event, as uploads take files: the desktop must not paste its old content instead.
      if (event.defaultPrevented) return;
      event.preventDefault();
      void this.#takeFromBrowser(copiedIn(event.clipboardData)).then(() => this.#sendPaste(pending.event));
    });
    // Without a paste event, the keys that are pressed next must still come after it.
    window.addEventListener("keyup", () => this.#finishPaste(), true);
  }

  #dropPaste(): void {
    clearTimeout(this.#pendingPaste?.timer);
    this.#pendingPaste = null;
  }

  #finishPaste(): void {
    if (this.#pendingPaste === null) return;
    const { event } = this.#pendingPaste;
    this.#dropPaste();
    this.#sendPaste(event);
  }

  #sendPaste(event: KeyboardEvent): void {
    const session = this.#options.session();
    if (session === null) return;
    for (const { keysym, code, down } of pasteStrokes(event, session.modifiers))
      session.sendKey(keysym, code, down);
  }

  async #synchronise(): Promise<void> {
    if (!this.#options.isAutomatic() || this.#options.session() === null) return;
    this.#isUnread = false;
    await this.#writeToBrowser();
    if (this.#options.session()?.viewOnly || !(await mayRead()) || !document.hasFocus()) return;
    try {
      await this.#takeFromBrowser(await readBrowser(this.#sendRich !== null));
    } catch {
      // The clipboard holds nothing usable or the focus has moved away. The next focus tries again.
    }
  }

  async #takeFromBrowser(copied: Copied): Promise<void> {
    const { text = "" } = copied;
    if (copied.png === undefined && copied.html === undefined) return this.#takeText(text);
    // Browsers rewrite HTML but keep its text.
    if (text !== "" && text === this.#shared) return;
    const mark = await fingerprint(copied);
    if (mark === this.#sharedRich) return;
    const [rich, before] = [this.#sharedRich, this.#shared];
    this.#sharedRich = mark;
    // Set before sending, because the desktop announces the text at once.
    this.#shared = text;
    if (await this.#sendRich?.(copied)) return this.#showSent(text);
    [this.#sharedRich, this.#shared] = [rich, before];
    this.#takeText(text);
  }

  #showSent(text: string): void {
    this.#unwritten = null;
    if (text !== "") this.#field.value = text;
  }

  #takeText(text: string): void {
    if (text === "" || text === this.#shared) return;
    this.#field.value = text;
    this.#sendToDesktop(text);
  }

  #sendToDesktop(text: string): void {
    const session = this.#options.session();
    if (session === null || session.viewOnly) return;
    this.#shared = text;
    this.#unwritten = null;
    session.clipboardPasteFrom(text);
  }

  /** Writes one after the other, so that the next reader does not see a half-finished state. */
  #writeToBrowser(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writeUnwritten());
    return this.#writing;
  }

  async #writeUnwritten(): Promise<void> {
    const copied = this.#unwritten;
    if (copied === null || !document.hasFocus()) return;
    this.#unwritten = null;
    try {
      await writeBrowser(copied);
      await this.#noteRewritten(copied);
    } catch {
      // Browsers that require a gesture get another chance at the next one.
      this.#unwritten ??= copied;
    }
  }

  /** Browsers rewrite HTML and PNG. The rewritten content must not count as new at the next look. */
  async #noteRewritten({ png, html }: Copied): Promise<void> {
    if ((png ?? html) === undefined || !(await mayRead())) return;
    const now = await readBrowser(true).catch(() => null);
    if (now !== null) this.#sharedRich = await fingerprint(now);
  }

  #say(words?: Words): void {
    write(this.#note, words);
  }
}
