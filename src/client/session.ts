import RFB from "@novnc/novnc";
import { type KeyboardMode, KeyMapper } from "./key-mapper.ts";
import type { HeldKey } from "./keyboard.ts";
import { ScaledRfb } from "./scaled-rfb.ts";
import { type Drawing, layUnder, type Place, type Under } from "./under.ts";

/**
 * Up to this compression TigerVNC does not compare what is drawn with what was there before (CompareFB: auto). That takes
 * it up to half of its time while a video is shown.
 */
const UNCOMPARED = 1;

/**
 * noVNC's session, with keys that follow the visitor's layout, a count of pictures, and another picture that may be
 * shown instead of its own.
 */
export class Session extends ScaledRfb {
  /** Pictures shown so far. */
  frames = 0;
  /** Bytes of pictures that came by another way than this connection. */
  streamed = 0;
  /** When the last pixels came by this connection, on the clock of `performance.now()`. */
  paintedAt = 0;
  /** Milliseconds between a picture and the request for more. */
  rest = 0;
  keyboard: KeyboardMode = "characters";
  /**
   * Called when pixels have arrived, in `time` milliseconds, and are painted, from the first complete picture after
   * `asksForPixels` became true.
   */
  onPixels: (areFirst: boolean, time: number) => void = () => {};
  readonly #keys = new KeyMapper();
  readonly #field: HTMLElement;
  #asks = true;
  #isExact = false;
  /** When the picture that is arriving began. */
  #begunAt: number | undefined;
  #rests = false;
  /** What of a whole picture is still to come: first the desktop's size, then an update with pixels. */
  #awaited: "size" | "pixels" | undefined;
  #hasPixels = false;
  #under: Under | undefined;

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

  /** Whether the display server is asked for the picture. Cursor, name and size of the desktop come without. */
  get asksForPixels(): boolean {
    return this.#asks;
  }
  set asksForPixels(asks: boolean) {
    if (asks === this.#asks) return;
    this.#asks = asks;
    this.#awaited = asks ? "size" : undefined;
    this._sendEncodings();
    this._updateContinuousUpdates();
    // The answer has the desktop's size, and then all that has changed together with this one pixel.
    if (asks) RFB.messages.fbUpdateRequest(this._sock, false, 0, 0, 1, 1);
  }

  /** Whether the display server is to send exact pixels at once, without an approximation before. */
  get isExact(): boolean {
    return this.#isExact;
  }
  set isExact(isExact: boolean) {
    if (isExact === this.#isExact) return;
    this.#isExact = isExact;
    this._sendEncodings();
  }

  /** Whether the picture lets the one that was laid under it be seen; it takes the input all the same. */
  get isSeeThrough(): boolean {
    return this._canvas.style.opacity === "0";
  }
  set isSeeThrough(isSeeThrough: boolean) {
    this._canvas.style.opacity = isSeeThrough ? "0" : "";
  }

  /** Lays other pictures under this one, which have the same place and size from now on. */
  layUnder(pictures: readonly Drawing[]): void {
    this.#under = layUnder(this, pictures);
  }

  /** Draws a pointer on the picture that lies under this one. */
  point(place: Place): void {
    this.#under?.point(place);
  }

  /** The picture that the visitor sees. */
  get seen(): Drawing {
    return (this.isSeeThrough ? this.#under?.seen : undefined) ?? this._canvas;
  }

  override _updateContinuousUpdates(): void {
    // A pixel outside of the desktop: for an empty area the display server would not send the cursor either.
    const { width, height } = this._display;
    if (this.#asks && !this.#rests) super._updateContinuousUpdates();
    else if (this._enabledContinuousUpdates)
      RFB.messages.enableContinuousUpdates(this._sock, true, width, height, 1, 1);
  }

  override _sendEncodings(): void {
    const [quality, compression] = [this._qualityLevel, this._compressionLevel];
    // The number for "quality 0" less one means nothing: without a quality there is no JPEG.
    if (this.#isExact) this._qualityLevel = -1;
    if (!this.#asks) this._compressionLevel = Math.min(compression, UNCOMPARED);
    super._sendEncodings();
    [this._qualityLevel, this._compressionLevel] = [quality, compression];
  }

  /** The clipboard goes through the gateway: the display server's announcements of texts are not answered. */
  override _handleServerCutText(): boolean {
    const isRead = super._handleServerCutText();
    this._clipboardServerCapabilitiesActions = {};
    return isRead;
  }

  override _handleExtendedDesktopSize(): boolean {
    const isRead = super._handleExtendedDesktopSize();
    if (isRead && this.#awaited === "size") this.#awaited = "pixels";
    return isRead;
  }

  override _handleDataRect(): boolean {
    const isRead = super._handleDataRect();
    if (isRead) this.#hasPixels = true;
    return isRead;
  }

  override _framebufferUpdate(): boolean {
    this.#begunAt ??= performance.now();
    const isWhole = super._framebufferUpdate();
    if (!isWhole) return false;
    const time = performance.now() - this.#begunAt;
    this.#begunAt = undefined;
    if (!this.isSeeThrough) this.frames += 1;
    if (this.#hasPixels) this.paintedAt = performance.now();
    if (this.#hasPixels && this.rest > 0) this.#takeRest();
    if (this.#hasPixels && this.#awaited !== "size") {
      const areFirst = this.#awaited === "pixels";
      this.#awaited = undefined;
      void this._display.flush().then(() => {
        if (this.#asks) this.onPixels(areFirst, time);
      });
    }
    this.#hasPixels = false;
    return true;
  }

  /** The display server collects the changes meanwhile. */
  #takeRest(): void {
    if (this.#rests) return;
    const set = (rests: boolean) => {
      this.#rests = rests;
      this._updateContinuousUpdates();
    };
    set(true);
    setTimeout(() => set(false), this.rest);
  }
}
