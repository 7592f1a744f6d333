/** The part of noVNC 1.7's public interface that the client uses; the package ships no declarations. */
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
  }
}
