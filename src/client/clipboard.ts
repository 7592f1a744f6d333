import type RFB from "@novnc/novnc";
import { byId } from "./dom.ts";
import { combination } from "./keyboard.ts";

/** What the clipboard needs of the rest of the client. */
export interface ClipboardOptions {
  /** The desktop's session, or null without a connection. */
  readonly session: () => RFB | null;
  /** Whether to keep both clipboards alike without asking. */
  readonly isAutomatic: () => boolean;
  /** Whether an event's target is the desktop rather than a field of the page. */
  readonly isDesktop: (target: EventTarget | null) => boolean;
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
  /** Text of the desktop that the browser did not let us write yet. */
  #unwritten: string | null = null;
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
  attach(session: RFB): void {
    this.#shared = null;
    this.#isUnread = true;
    session.addEventListener("clipboard", ({ detail }) => {
      this.#shared = detail.text;
      this.#field.value = detail.text;
      this.#unwritten = this.#options.isAutomatic() ? detail.text : null;
      this.#say("");
      void this.#writeToBrowser();
    });
  }

  #setUpPanel(): void {
    this.#field.addEventListener("input", () => {
      this.#sendToDesktop(this.#field.value);
      this.#say("Sent to the desktop.");
    });
    byId("clipboard-copy", HTMLButtonElement).addEventListener("click", () => void this.#copyField());
    byId("clipboard-paste", HTMLButtonElement).addEventListener("click", () => void this.#pasteField());
  }

  async #copyField(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.#field.value);
      this.#say("Copied to this computer.");
    } catch {
      this.#field.select();
      this.#say("The browser does not allow it. The text is selected: copy it with the keyboard.");
    }
  }

  async #pasteField(): Promise<void> {
    try {
      this.#field.value = await navigator.clipboard.readText();
      this.#sendToDesktop(this.#field.value);
      this.#say("Sent to the desktop.");
    } catch {
      this.#field.focus();
      this.#say("The browser does not allow reading. Paste into the field with the keyboard.");
    }
  }

  /** Ctrl+V on the desktop: the text has to be there before the keys. */
  #setUpPasting(): void {
    // Capturing, so that noVNC does not see the key and prevent the browser's paste event.
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
      if (this.#pendingPaste === null) return;
      // Somebody has taken it, as uploads take files: the desktop must not paste what it has instead.
      if (event.defaultPrevented) return this.#dropPaste();
      event.preventDefault();
      this.#takeFromBrowser(event.clipboardData?.getData("text/plain") ?? "");
      this.#finishPaste();
    });
    // A modifier let go before the paste event came would leave a bare V.
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
    const session = this.#options.session();
    // noVNC sends Cmd as Alt, and Ctrl+Alt+V is not paste.
    if (event.metaKey) session?.sendKey(altLeft, "MetaLeft", false);
    const keys = event.metaKey ? ["ControlLeft", "KeyV"] : [event.code];
    for (const { keysym, code, down } of combination(keys)) session?.sendKey(keysym, code, down);
  }

  async #synchronise(): Promise<void> {
    if (!this.#options.isAutomatic() || this.#options.session() === null) return;
    this.#isUnread = false;
    await this.#writeToBrowser();
    if (!(await mayRead()) || !document.hasFocus()) return;
    try {
      this.#takeFromBrowser(await navigator.clipboard.readText());
    } catch {
      // No text in it, or the focus went away meanwhile: the next focus tries again.
    }
  }

  #takeFromBrowser(text: string): void {
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

  async #writeToBrowser(): Promise<void> {
    const text = this.#unwritten;
    if (text === null || !document.hasFocus()) return;
    this.#unwritten = null;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Browsers that want a gesture get another chance at the next one.
      this.#unwritten ??= text;
    }
  }

  #say(text: string): void {
    this.#note.textContent = text;
  }
}

/** Only Chromium knows this permission; elsewhere reading would open a prompt at every focus. */
async function mayRead(): Promise<boolean> {
  try {
    const { state } = await navigator.permissions.query({ name: "clipboard-read" as PermissionName });
    return state === "granted";
  } catch {
    return false;
  }
}

function isPasteKey(event: KeyboardEvent): boolean {
  const isCommand = (event.ctrlKey || (isApple() && event.metaKey)) && !event.altKey;
  return (
    (isCommand && event.code === "KeyV") || (event.shiftKey && event.code === "Insert" && !event.ctrlKey)
  );
}

function isApple(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.platform);
}
