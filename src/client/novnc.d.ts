/** The part of noVNC 1.7's interface that the client uses; the package ships no declarations. */
declare module "@novnc/novnc" {
  interface RfbEvents {
    connect: CustomEvent<Record<string, never>>;
    disconnect: CustomEvent<{ clean: boolean }>;
    credentialsrequired: CustomEvent<{ types: string[] }>;
    securityfailure: CustomEvent<{ status: number; reason?: string }>;
    desktopname: CustomEvent<{ name: string }>;
    clippingviewport: CustomEvent<boolean>;
  }

  export default class RFB {
    constructor(
      target: HTMLElement,
      urlOrChannel: string | WebSocket,
      options?: { shared?: boolean; wsProtocols?: string[] },
    );
    viewOnly: boolean;
    focusOnClick: boolean;
    clipViewport: boolean;
    dragViewport: boolean;
    scaleViewport: boolean;
    resizeSession: boolean;
    qualityLevel: number;
    compressionLevel: number;
    background: string;
    readonly clippingViewport: boolean;
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
    readonly _enabledContinuousUpdates: boolean;
    /** Asks the display server to send all changes of the picture from now on. */
    _updateContinuousUpdates(): void;
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

  /** The picture and which part of it is shown at which scale. */
  export interface Display {
    readonly width: number;
    readonly height: number;
    readonly scale: number;
    readonly _viewportLoc: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly _backbuffer: HTMLCanvasElement;
    /** Resolves when everything received is painted. */
    flush(): Promise<void>;
    _rescale(...values: number[]): void;
    viewportChangePos(...values: number[]): void;
  }
}
