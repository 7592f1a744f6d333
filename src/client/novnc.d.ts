/** The part of noVNC 1.7's interface that the client uses; the package ships no declarations. */
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
    focus(options?: FocusOptions): void;
    blur(): void;

    // What follows is not public. The version is pinned.

    /** The element whose keys are sent, from its next grab on. */
    _keyboard: { _target: HTMLElement };
    readonly _sock: Websock;
    /** The box that scrolls, and the picture in it. */
    readonly _screen: HTMLElement;
    readonly _canvas: HTMLCanvasElement;
    readonly _display: Display;
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
    readonly _gestures: Gestures;
    readonly _enabledContinuousUpdates: boolean;
    /** Asks the display server to send all changes of the picture from now on. */
    _updateContinuousUpdates(): void;
    _qualityLevel: number;
    _compressionLevel: number;
    /** Tells the display server how it may send the picture. */
    _sendEncodings(): void;
    /** Reads part of a picture update; true when it was the last part. */
    _framebufferUpdate(): boolean;
    /** Reads pixels of an update; true when they were read. */
    _handleDataRect(): boolean;
    /** Reads the size of the desktop; true when it was read. */
    _handleExtendedDesktopSize(): boolean;
    /** Reads a text or an announcement of one; true when it was read. */
    _handleServerCutText(): boolean;
    /** What the server's clipboard can do. */
    _clipboardServerCapabilitiesActions: Readonly<Record<number, boolean>>;
    /** The size to ask for. */
    _screenSize(): { w: number; h: number };
    _updateScale(): void;
    _fixScrollbars(): void;
    _refreshCursor(): void;
    _handleGesture(event: CustomEvent<Gesture>): void;
    static readonly messages: {
      enableContinuousUpdates(sock: Websock, enable: boolean, ...area: Area): void;
      fbUpdateRequest(sock: Websock, incremental: boolean, ...area: Area): void;
    };
  }

  type Area = [x: number, y: number, width: number, height: number];

  /** Writes to the connection. */
  interface Websock {
    flush(): void;
  }

  /** The picture and which part of it is shown. */
  export interface Display {
    readonly width: number;
    readonly height: number;
    /** CSS pixels for a pixel of the picture. */
    scale: number;
    /** Resolves when everything received is painted. */
    flush(): Promise<void>;
    /** Gives the picture its size in the page. */
    _rescale(scale: number): void;
  }

  /** Recognises gestures. */
  export interface Gestures {
    readonly _tracked: readonly Touch[];
    _longpressTimeoutId: number | null;
    _startLongpressTimeout(): void;
    _stopLongpressTimeout(): void;
    /** A finger has rested for long enough. */
    _longpressTimeout(): void;
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
