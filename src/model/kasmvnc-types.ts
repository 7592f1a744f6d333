import type { ImagePath, NonEmpty } from "./basic-types.ts";

/**
 * KasmVNC's settings, with the names and groups of kasmvnc.yaml. A setting without a default here keeps KasmVNC's own
 * when you leave it out; do so where kasmvnc.yaml says "never", "unlimited" or "auto". Kasmix itself sets the size of
 * the screen and the frame rate, and its gateway serves the network: port, certificate, passwords, web client.
 */
export interface KasmVnc {
  readonly desktop?: {
    /** Whether a browser may change the size of the screen. @default true */
    readonly allow_resize?: boolean;
    /** Bits of a pixel. @default 24 */
    readonly pixel_depth?: 16 | 24 | 32;
    readonly gpu?: {
      /** Whether the graphics card does OpenGL. @default false */
      readonly hw3d?: boolean;
      /** The card's device. @default "/dev/dri/renderD128" */
      readonly drinode?: ImagePath;
    };
  };
  readonly network?: {
    /** A unix socket of KasmVNC's that is relayed to the browser. */
    readonly unix_relay?: {
      /** Name that the browser asks for. @pattern ^[^\s:]{1,63}$ */
      readonly name: string;
      /** Where KasmVNC listens; the file must not exist already. */
      readonly path: ImagePath;
    };
  };
  readonly user_session?: {
    /** Whether several browsers may be connected. @default "shared" */
    readonly session_type?: "shared" | "exclusive";
    /** Whether a new session ends the previous one; only with `exclusive`. @default false */
    readonly new_session_disconnects_existing_exclusive_session?: boolean;
    /** Whether the connected user is asked before another may connect. @default false */
    readonly concurrent_connections_prompt?: boolean;
    /** Seconds to answer that. @minimum 1 @asType integer @default 10 */
    readonly concurrent_connections_prompt_timeout?: number;
    /** Seconds after which a connection without input is ended. @minimum 1 @asType integer @default never */
    readonly idle_timeout?: number;
  };
  readonly keyboard?: {
    /** Keys that act as other keys, as X key symbols: `0x22->0x40`. */
    readonly remap_keys?: readonly KeyRemap[];
    /** Whether Num Lock is left alone; as KasmVNC's start script, not as Xvnc itself. @default false */
    readonly ignore_numlock?: boolean;
    /** Whether the desktop's keyboard layout applies, not the browser's. @default false */
    readonly raw_keyboard?: boolean;
  };
  readonly pointer?: {
    /** Whether browsers may move the pointer and click. @default true */
    readonly enabled?: boolean;
    /** Whether the pointer is always locked to the window, as games want it; only with `from: "release"`. @default false */
    readonly game_mode?: boolean;
  };
  readonly runtime_configuration?: {
    /**
     * Whether the settings in KasmVNC's client apply: quality, frame rate, clipboard.
     * @default true; false where the clipboard is restricted, since a client could undo that
     */
    readonly allow_client_to_override_kasm_server_settings?: boolean;
    /** Whether programs on the desktop may change the settings below by vncconfig. @default false */
    readonly allow_override_standard_vnc_server_settings?: boolean;
    /** Which ones. */
    readonly allow_override_list?: readonly KasmVncOverride[];
  };
  readonly logging?: {
    /** Part of KasmVNC that logs; it does not start with a name that it does not know. @default "all" */
    readonly log_writer_name?: "all";
    /** How much it logs, up to 100. @minimum 0 @maximum 100 @asType integer @default 30 */
    readonly level?: number;
  };
  readonly data_loss_prevention?: KasmVncDataLossPrevention;
  readonly encoding?: KasmVncEncoding;
  readonly server?: {
    readonly advanced?: {
      /** Font path of the X server. */
      readonly x_font_path?: NonEmpty;
    };
    /** Each in seconds. The display then ends, and the supervisor starts it again. */
    readonly auto_shutdown?: {
      /** Time without a connection. @minimum 1 @asType integer @default never */
      readonly no_user_session_timeout?: number;
      /** Time with a connection. @minimum 1 @asType integer @default never */
      readonly active_user_session_timeout?: number;
      /** Time without input. @minimum 1 @asType integer @default never */
      readonly inactive_user_session_timeout?: number;
    };
  };
}

/** What may leave and enter the desktop. */
export interface KasmVncDataLossPrevention {
  /** The part of the screen that is shown, all in pixels or all in percent; negative pixels count from the other side. */
  readonly visible_region?: {
    readonly top: RegionEdge;
    readonly left: RegionEdge;
    readonly right: RegionEdge;
    readonly bottom: RegionEdge;
    readonly concealed_region?: {
      /** @default false */
      readonly allow_click_down?: boolean;
      /** @default false */
      readonly allow_click_release?: boolean;
    };
  };
  readonly clipboard?: {
    /** Milliseconds between two uses. @minimum 1 @asType integer @default none */
    readonly delay_between_operations?: number;
    /** MIME types besides text. @default ["chromium/x-web-custom-data", "text/html", "image/png"] */
    readonly allow_mimetypes?: readonly MimeType[];
    readonly server_to_client?: {
      /** KASMIX_CLIPBOARD_DOWN=0 turns it off regardless. @default true */
      readonly enabled?: boolean;
      /** Bytes at a time. @minimum 1 @maximum 2147483647 @asType integer @default KASMIX_CLIPBOARD_LIMIT */
      readonly size?: number;
      /** Whether browsers also get the primary selection: text that is selected but not copied. @default false */
      readonly primary_clipboard_enabled?: boolean;
    };
    readonly client_to_server?: {
      /** KASMIX_CLIPBOARD_UP=0 turns it off regardless. @default true */
      readonly enabled?: boolean;
      /** Bytes at a time. @minimum 1 @maximum 2147483647 @asType integer @default KASMIX_CLIPBOARD_LIMIT */
      readonly size?: number;
    };
  };
  readonly keyboard?: {
    /** Whether browsers may type. @default true */
    readonly enabled?: boolean;
    /** Keys a second. @minimum 1 @asType integer @default unlimited */
    readonly rate_limit?: number;
  };
  /** A picture or a text over the screen, not both. */
  readonly watermark?: {
    /** A PNG file in the image. */
    readonly image?: ImagePath;
    /** Pixels from the corner: `x,y`. @pattern ^-?[0-9]+,-?[0-9]+$ */
    readonly location?: string;
    /** Colour: `red,green,blue,opacity`, each to 255. @pattern ^[0-9]{1,3}(,[0-9]{1,3}){3}$ */
    readonly tint?: string;
    /** Pixels between repeated watermarks. @minimum 0 @maximum 4096 @asType integer */
    readonly repeat_spacing?: number;
    readonly text?: {
      /** The text, with strftime's conversions for the time. */
      readonly template: NonEmpty;
      /** A font file in the image. @default KasmVNC's own */
      readonly font?: ImagePath;
      /** Time zone: `Australia/Adelaide`. @pattern ^[A-Za-z0-9_+/-]+$ @default UTC */
      readonly timezone_name?: string;
      /** Degrees. @minimum -359 @maximum 359 @asType integer @default 0 */
      readonly angle?: number;
    };
  };
  readonly logging?: {
    /** `verbose` writes typed keys and the clipboard to the container's log. @default "off" */
    readonly level?: "off" | "info" | "verbose";
  };
}

/** How the picture is sent. */
export interface KasmVncEncoding {
  readonly rect_encoding_mode?: {
    /** @minimum 0 @maximum 9 @asType integer @default 7 */
    readonly min_quality?: number;
    /** @minimum 0 @maximum 9 @asType integer @default 8 */
    readonly max_quality?: number;
    /** From this quality on, no better picture is sent later. @minimum 0 @maximum 10 @asType integer @default 10 */
    readonly consider_lossless_quality?: number;
    /** Threads that compress. @minimum 1 @maximum 64 @asType integer @default one for each processor */
    readonly rectangle_compress_threads?: number;
  };
  readonly video_encoding_mode?: {
    /** -1 lets KasmVNC choose. @minimum -1 @maximum 9 @asType integer @default -1 */
    readonly jpeg_quality?: number;
    /** -1 lets KasmVNC choose. @minimum -1 @maximum 9 @asType integer @default -1 */
    readonly webp_quality?: number;
    /** Larger video is scaled down to this. */
    readonly max_resolution?: {
      /** @minimum 16 @maximum 16384 @asType integer */
      readonly width: number;
      /** @minimum 16 @maximum 16384 @asType integer */
      readonly height: number;
    };
    readonly enter_video_encoding_mode?: {
      /** Seconds of much change; 0 for always. @minimum 0 @maximum 2000 @asType integer @default 5 */
      readonly time_threshold?: number;
      /** How much of the screen. @pattern ^([1-9][0-9]?|100)%$ @default "45%" */
      readonly area_threshold?: string;
    };
    readonly exit_video_encoding_mode?: {
      /** Seconds of less change. @minimum 1 @maximum 100 @asType integer @default 3 */
      readonly time_threshold?: number;
    };
    readonly logging?: {
      /** @default "off" */
      readonly level?: "off" | "info";
    };
    /** Percent of a frame's time for WebP. @minimum 1 @maximum 100 @asType integer @default 30 */
    readonly webp_encoding_time?: number;
  };
  readonly video_streaming_mode?: {
    /** The codec that is offered to browsers, such as `h264`. @pattern ^[a-z0-9_]+$ @default none */
    readonly codec?: string;
  };
  /** Whether pixels are compared before they are sent. @default "auto" */
  readonly compare_framebuffer?: "off" | "always" | "auto";
  /** @minimum 0 @maximum 9 @asType integer */
  readonly zrle_zlib_level?: number;
  /** @default true */
  readonly hextile_improved_compression?: boolean;
  readonly scrolling?: {
    /** @default false */
    readonly detect_vertical_scrolling?: boolean;
    /** @default false */
    readonly detect_horizontal_scrolling?: boolean;
    /** How much of the screen must change. @pattern ^([0-9]|[1-9][0-9]|100)%$ @default "25%" */
    readonly scroll_detect_threshold?: string;
  };
}

/**
 * Two X key symbols; the first key acts as the second: `0x22->0x40`.
 * @pattern ^0x[0-9A-Fa-f]+->0x[0-9A-Fa-f]+$
 */
export type KeyRemap = string;

/**
 * Pixels or percent: `10`, `40%`, `-10`.
 * @pattern ^(-?[0-9]+|[0-9]+%)$
 */
export type RegionEdge = string;

/**
 * A MIME type: `image/png`.
 * @pattern ^[a-z0-9.+-]+/[a-z0-9.+-]+$
 */
export type MimeType = string;

/** What programs on the desktop may be allowed to change in a running KasmVNC. */
export type KasmVncOverride =
  | "pointer.enabled"
  | "data_loss_prevention.clipboard.server_to_client.enabled"
  | "data_loss_prevention.clipboard.client_to_server.enabled"
  | "data_loss_prevention.clipboard.server_to_client.primary_clipboard_enabled";
