import { byId, write } from "../dom.ts";
import { combination } from "../keyboard.ts";
import type { Session } from "../session.ts";
import { t, type Words } from "../translate.ts";
import { type Copied, copiedIn, fingerprint, mayRead, readBrowser, writeBrowser } from "./browser.ts";

/** What the clipboard needs of the rest of the client. */
export interface ClipboardOptions {
  /** The desktop's session, or null without a connection. */
  readonly session: () => Session | null;
  /** Whether to keep both clipboards alike without asking. */
  readonly isAutomatic: () => boolean;
  /** Whether an event's target is the desktop rather than a field of the page. */
  readonly isDesktop: (target: EventTarget | null) => boolean;
}

/** The clipboard's side towards the way for pictures and rich text, which is there only where the server has it. */
export interface RichSide {
  /** Takes in what sends something to the desktop; it says whether that was done. */
  join(send: (copied: Copied) => Promise<boolean>): void;
  /** Something was copied on the desktop that is more than text. */
  offer(copied: Copied): void;
}

/** How long a browser may take from the key press to its paste event before the keys are sent without text. */
const pasteTimeout = 100;
const altLeft = 0xffe9;

/**
 * Joins the browser's clipboard and the desktop's. By hand through the text field of the panel; by itself where
 * the browser allows it: the desktop's text is written when it changes, the browser's is read when the window
 * gets the focus (with the permission) and taken from the paste event that Ctrl+V causes (which needs none).
 */
export class Clipboard {
  readonly #options: ClipboardOptions;
  readonly #field = byId("clipboard-text", HTMLTextAreaElement);
  readonly #note = byId("clipboard-note", HTMLParagraphElement);
  /** The text that both sides are known to have: it is not sent again, which keeps pictures and rich text copied on the desktop. */
  #shared: string | null = null;
  /** What was copied on the desktop and the browser did not let us write yet. */
  #unwritten: Copied | null = null;
  #writing: Promise<void> = Promise.resolve();
  #sendRich: ((copied: Copied) => Promise<boolean>) | null = null;
  /** What was last sent that way, or came: it is not sent again. */
  #sharedRich = "";
  #isControlHeld = false;
  /**
   * Whether the browser's text has still to be read for this session. Not at once: the desktop announces its own
   * when a session begins, and of two announcements that cross each other noVNC loses the text of its own.
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

  /** Takes part in a new session. */
  attach(session: Session): void {
    this.#shared = null;
    this.#isUnread = true;
    session.addEventListener("clipboard", ({ detail }) => {
      // The desktop tells everybody of a text, also who has sent it, perhaps with more than the text.
      if (detail.text === this.#shared) return;
      this.#shared = detail.text;
      this.#field.value = detail.text;
      this.#unwritten = this.#options.isAutomatic() ? { text: detail.text } : null;
      this.#say();
      void this.#writeToBrowser();
    });
  }

  /** Takes in the way for more than text. */
  join(send: (copied: Copied) => Promise<boolean>): void {
    this.#sendRich = send;
  }

  /** Writes what was copied on the desktop to the browser's clipboard, if both are kept alike. */
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
      this.#say(t("The browser does not allow it. The text is selected: copy it with the keyboard."));
    }
  }

  async #pasteField(): Promise<void> {
    try {
      this.#field.value = await navigator.clipboard.readText();
      this.#sendToDesktop(this.#field.value);
      this.#say(t("Sent to the desktop."));
    } catch {
      this.#field.focus();
      this.#say(t("The browser does not allow reading. Paste into the field with the keyboard."));
    }
  }

  /** Ctrl+V on the desktop: the text has to be there before the keys. */
  #setUpPasting(): void {
    // Capturing, so that noVNC does not see the key and prevent the browser's paste event.
    window.addEventListener(
      "keydown",
      (event) => {
        this.#isControlHeld = event.ctrlKey;
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
      // Somebody has taken it, as uploads take files: the desktop must not paste what it has instead.
      if (event.defaultPrevented) return;
      event.preventDefault();
      void this.#takeFromBrowser(copiedIn(event.clipboardData)).then(() => this.#sendPaste(pending.event));
    });
    // A modifier let go before the paste event came would leave a bare V.
    window.addEventListener(
      "keyup",
      (event) => {
        this.#isControlHeld = event.ctrlKey;
        this.#finishPaste();
      },
      true,
    );
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
    // noVNC sends Cmd as Alt, and Ctrl+Alt+V is not paste.
    if (event.metaKey) session?.sendKey(altLeft, "MetaLeft", false);
    const isLetGo = event.metaKey || (event.ctrlKey && !this.#isControlHeld);
    const keys =
      event.code === "Insert" ? ["ShiftLeft", "Insert"] : [...(isLetGo ? ["ControlLeft"] : []), "KeyV"];
    for (const { keysym, code, down } of combination(keys)) session?.sendKey(keysym, code, down);
  }

  async #synchronise(): Promise<void> {
    if (!this.#options.isAutomatic() || this.#options.session() === null) return;
    this.#isUnread = false;
    await this.#writeToBrowser();
    if (!(await mayRead()) || !document.hasFocus()) return;
    try {
      await this.#takeFromBrowser(await readBrowser(this.#sendRich !== null));
    } catch {
      // Nothing of use in it, or the focus went away meanwhile: the next focus tries again.
    }
  }

  async #takeFromBrowser(copied: Copied): Promise<void> {
    const { text = "" } = copied;
    if (copied.png === undefined && copied.html === undefined) return this.#takeText(text);
    // Browsers change HTML that they are given, but not its text.
    if (text !== "" && text === this.#shared) return;
    const mark = await fingerprint(copied);
    if (mark === this.#sharedRich) return;
    const [rich, before] = [this.#sharedRich, this.#shared];
    this.#sharedRich = mark;
    // Before it is sent: the desktop tells of the text at once.
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

  /** One after the other: who reads after it must not see what is half noted. */
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
      // Browsers that want a gesture get another chance at the next one.
      this.#unwritten ??= copied;
    }
  }

  /** Browsers make other HTML and another PNG of what they are given. That must not be taken for news at the next look. */
  async #noteRewritten({ png, html }: Copied): Promise<void> {
    if ((png ?? html) === undefined || !(await mayRead())) return;
    const now = await readBrowser(true).catch(() => null);
    if (now !== null) this.#sharedRich = await fingerprint(now);
  }

  #say(words?: Words): void {
    write(this.#note, words);
  }
}

function isPasteKey(event: KeyboardEvent): boolean {
  const isCommand = (event.ctrlKey || (isApple() && event.metaKey)) && !event.altKey;
  return (
    (isCommand && (event.key.toLowerCase() === "v" || (event.code === "KeyV" && !isLatin(event.key)))) ||
    (event.shiftKey && event.code === "Insert" && !event.ctrlKey)
  );
}

/** With other letters on the keys, commands go by the place of the Latin ones. */
function isLatin(key: string): boolean {
  return /^[\x20-\xff]$/.test(key);
}

function isApple(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.platform);
}
