/** The part of noVNC 1.7's public interface that the client uses; the package ships no declarations. */
declare module "@novnc/novnc" {
  interface RfbEvents {
    connect: CustomEvent<Record<string, never>>;
    disconnect: CustomEvent<{ clean: boolean }>;
    credentialsrequired: CustomEvent<{ types: string[] }>;
    securityfailure: CustomEvent<{ status: number; reason?: string }>;
    desktopname: CustomEvent<{ name: string }>;
  }

  export default class RFB {
    constructor(
      target: HTMLElement,
      urlOrChannel: string | WebSocket,
      options?: { shared?: boolean; wsProtocols?: string[] },
    );
    viewOnly: boolean;
    focusOnClick: boolean;
    scaleViewport: boolean;
    resizeSession: boolean;
    qualityLevel: number;
    compressionLevel: number;
    background: string;
    addEventListener<K extends keyof RfbEvents>(type: K, listener: (event: RfbEvents[K]) => void): void;
    disconnect(): void;
    sendKey(keysym: number | null, code: string, down?: boolean): void;
    /** Not public: the element whose keys are sent, from its next grab on. The version is pinned. */
    _keyboard: { _target: HTMLElement };
    /** Not public: reads part of a picture update; true when it was the last part. The version is pinned. */
    _framebufferUpdate(): boolean;
    focus(options?: FocusOptions): void;
    blur(): void;
    /** Not public: reads a text or an announcement of one; true when it was read. The version is pinned. */
    _handleServerCutText(): boolean;
    /** Not public: what the server's clipboard can do. */
    _clipboardServerCapabilitiesActions: Readonly<Record<number, boolean>>;
    getImageData(): ImageData;

    // Not public: the picture, its element with scroll bars around it, and the pointer. The version is pinned.
    readonly _screen: HTMLElement;
    readonly _canvas: HTMLCanvasElement;
    /** `scale`: CSS pixels for a pixel of the picture. */
    readonly _display: { readonly width: number; readonly height: number; scale: number };
    readonly _cursor: {
      readonly _target: HTMLElement | null;
      readonly _canvas: HTMLCanvasElement;
      change(rgba: Uint8Array, hotX: number, hotY: number, width: number, height: number): void;
    };
    readonly _cursorImage: {
      readonly rgbaPixels: Uint8Array;
      readonly hotx: number;
      readonly hoty: number;
      readonly w: number;
      readonly h: number;
    };
    readonly _gestures: { readonly _tracked: readonly Touch[] };
    /** Not public: the size to ask for. */
    _screenSize(): { w: number; h: number };
    _updateScale(): void;
    _fixScrollbars(): void;
    _refreshCursor(): void;
    _handleGesture(event: CustomEvent<Gesture>): void;
  }

  /** A gesture of fingers; how far it went, for two of them. */
  export interface Gesture {
    readonly type: "onetap" | "twotap" | "threetap" | "drag" | "longpress" | "twodrag" | "pinch";
    readonly magnitudeX?: number;
    readonly magnitudeY?: number;
  }

  /** A finger, on the page. */
  export interface Touch {
    readonly firstX: number;
    readonly firstY: number;
    readonly lastX: number;
    readonly lastY: number;
  }
}
