import type { Session } from "../session.ts";
import type { Words } from "../translate.ts";
import { type Copied, markOf, mayRead, readBrowser, writeBrowser } from "./browser.ts";
import { ClipboardField } from "./field.ts";
import { setUpPasting } from "./paste.ts";
import { pasteStrokes } from "./paste-key.ts";
import type { Outcome } from "./transfer.ts";
import { wordsForFetched, wordsForSent } from "./words.ts";

/** What the clipboard needs of the rest of the client. */
export interface ClipboardOptions {
  /** The desktop's session, or null without a connection. */
  readonly session: () => Session | null;
  /** Whether both clipboards are synchronised automatically. */
  readonly isAutomatic: () => boolean;
  /** Whether an event's target is the desktop rather than a field of the page. */
  readonly isDesktop: (target: EventTarget | null) => boolean;
}

/** The way to the desktop's clipboard. */
export interface ClipboardLink {
  /** Sends content to the desktop. */
  readonly send: (copied: Copied) => Promise<Outcome>;
  /** Whether the workspace allows sending. */
  readonly isOpen: boolean;
  /** Bytes of each form. */
  readonly limit: number;
}

/** What the desktop's clipboard has. */
export interface Arrival {
  readonly outcome: Outcome;
  readonly copied?: Copied;
  /** Whether it was there before the visit: then it does not replace the browser's. */
  readonly isOld: boolean;
}

/** The browser's side of the clipboard, as the feature that knows the desktop's side uses it. */
export interface BrowserClipboard {
  join(link: ClipboardLink): void;
  /** Takes what the desktop's clipboard has now. */
  arrive(arrival: Arrival): Promise<void>;
  /** The desktop's clipboard is empty. */
  forget(): void;
  /** The state of the desktop's clipboard is known: the browser's may be sent. */
  settle(): void;
  /** Sends content that the visitor chose; resolves to what the visitor is told. */
  send(copied: Copied): Promise<Words>;
  say(words: Words): void;
}

/**
 * Synchronises the browser's clipboard and the desktop's: by hand through the panel, or automatically where the browser
 * allows it. The desktop's content is written when it changes. The browser's content is read when the window gets the
 * focus (with permission) and taken from the paste event of Ctrl+V (without).
 */
export class Clipboard implements BrowserClipboard {
  readonly #options: ClipboardOptions;
  readonly #field = new ClipboardField({ send: (text) => this.send({ text }) });
  #link: ClipboardLink | null = null;
  /** Identifies the content that both sides have, which is not sent again; null when that is unknown. */
  #shared: string | null = null;
  /** Identifies content that was refused. The visitor is told once, unless they try again. */
  #refused: string | null = null;
  /** Content copied on the desktop that the browser has not let us write yet. */
  #unwritten: Copied | null = null;
  #writing: Promise<void> = Promise.resolve();
  /** Whether the browser's content still has to be read in this session. */
  #isUnread = false;

  constructor(options: ClipboardOptions) {
    this.#options = options;
    setUpPasting({
      isWanted: ({ target }) => this.#canSend() && options.isAutomatic() && options.isDesktop(target),
      take: (copied) => this.#takeFromBrowser(copied, true),
      press: (event) => this.#press(event),
    });
    window.addEventListener("focus", () => void this.#synchronise());
    document.addEventListener("pointerup", () => {
      if (this.#isUnread) void this.#synchronise();
      else void this.#writeToBrowser();
    });
  }

  /** Starts following a new session. */
  attach(): void {
    this.#isUnread = true;
  }

  join(link: ClipboardLink): void {
    this.#link = link;
    if (!link.isOpen) this.#field.close();
  }

  forget(): void {
    this.#shared = null;
  }

  settle(): void {
    if (this.#isUnread) void this.#synchronise();
  }

  async arrive({ outcome, copied, isOld }: Arrival): Promise<void> {
    // Who only watches does not want what others copy.
    if (this.#options.session()?.viewOnly) return;
    if (copied !== undefined) {
      if (copied.text !== undefined) this.#field.show(copied.text);
      this.#shared = await markOf(copied);
      if (!isOld) this.#field.calm();
    }
    if (isOld) return;
    const words = wordsForFetched(outcome, this.#limit);
    if (words !== undefined) this.#field.complain(words);
    if (copied === undefined || !this.#options.isAutomatic()) return;
    this.#unwritten = copied;
    await this.#writeToBrowser();
  }

  async send(copied: Copied): Promise<Words> {
    const mark = await markOf(copied);
    const outcome = await this.#send(copied, mark);
    return wordsForSent(outcome, this.#limit);
  }

  say(words: Words): void {
    this.#field.say(words);
  }

  get #limit(): number {
    return this.#link?.limit ?? 0;
  }

  #canSend(): boolean {
    const session = this.#options.session();
    return session !== null && !session.viewOnly && this.#link?.isOpen === true;
  }

  #press(event: KeyboardEvent): void {
    const session = this.#options.session();
    if (session === null) return;
    for (const { keysym, code, down } of pasteStrokes(event, session.modifiers))
      session.sendKey(keysym, code, down);
  }

  async #synchronise(): Promise<void> {
    if (!this.#options.isAutomatic() || this.#link === null || this.#options.session() === null) return;
    await this.#writeToBrowser();
    if (!this.#canSend() || !(await mayRead()) || !document.hasFocus()) return;
    this.#isUnread = false;
    try {
      await this.#takeFromBrowser(await readBrowser(), false);
    } catch {
      // The clipboard holds nothing usable or the focus has moved away. The next focus tries again.
    }
  }

  /** Whether the desktop has the content now; `isAsked` when the visitor pastes. */
  async #takeFromBrowser(copied: Copied, isAsked: boolean): Promise<boolean> {
    const mark = await markOf(copied);
    if (mark === "" || mark === this.#shared) return true;
    if (mark === this.#refused && !isAsked) return false;
    const outcome = await this.#send(copied, mark);
    const isThere = outcome === "done" || outcome === "without formatting";
    if (isThere && copied.text) this.#field.show(copied.text);
    if (outcome !== "done") this.#field.complain(wordsForSent(outcome, this.#limit));
    return isThere;
  }

  async #send(copied: Copied, mark: string): Promise<Outcome> {
    if (this.#link === null) return "failed";
    const before = this.#shared;
    // Set before sending, so that it is not sent twice.
    this.#shared = mark;
    const outcome = await this.#link.send(copied);
    if (outcome === "done" || outcome === "without formatting") {
      this.#refused = this.#unwritten = null;
      this.#field.calm();
    } else {
      if (this.#shared === mark) this.#shared = before;
      this.#refused = mark;
    }
    return outcome;
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
  async #noteRewritten({ png, html, text }: Copied): Promise<void> {
    if (text || (png ?? html) === undefined || !(await mayRead())) return;
    const now = await readBrowser().catch(() => null);
    if (now !== null) this.#shared = await markOf(now);
  }
}
