import { type KeyboardMode, KeyMapper } from "./key-mapper.ts";
import type { HeldKey } from "./keyboard.ts";
import { ScaledRfb } from "./scaled-rfb.ts";

/** noVNC's session, with keys that follow the visitor's layout and a count of picture updates. */
export class Session extends ScaledRfb {
  /** Complete picture updates received so far. */
  frames = 0;
  keyboard: KeyboardMode = "characters";
  readonly #keys = new KeyMapper();
  readonly #field: HTMLElement;

  /** `field` is the element that has the focus while the desktop takes keys, instead of the picture. */
  constructor(target: HTMLElement, socket: WebSocket, field: HTMLElement) {
    super(target, socket, { shared: true });
    this.#field = field;
    this._keyboard._target = field;
  }

  override focus(options?: FocusOptions): void {
    this.#field.focus(options);
  }

  /** The modifiers that the desktop holds down. */
  get modifiers(): readonly HeldKey[] {
    return this.#keys.modifiers;
  }

  override sendKey(keysym: number | null, code: string, down?: boolean): void {
    if (down === undefined) {
      this.sendKey(keysym, code, true);
      this.sendKey(keysym, code, false);
      return;
    }
    const key = this.#keys.map({ keysym: keysym ?? 0, code, down }, this.keyboard);
    super.sendKey(key.keysym, key.code, down);
  }

  /** The clipboard goes through the gateway: the display server's announcements of texts are not answered. */
  override _handleServerCutText(): boolean {
    const isRead = super._handleServerCutText();
    this._clipboardServerCapabilitiesActions = {};
    return isRead;
  }

  override _framebufferUpdate(): boolean {
    const isWhole = super._framebufferUpdate();
    if (isWhole) this.frames += 1;
    return isWhole;
  }
}
