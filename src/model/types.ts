/**
 * What a workspace is. These interfaces are the one source: the JSON Schema (workspace.schema.json) that
 * checks a workspace.ts is derived from them, and so is the reference in docs/workspace.md.
 */

/** A whole workspace: one desktop image that Kasmix builds, runs and publishes. */
export interface Workspace {
  /**
   * Folder name under workspaces/, image name and container name: lower-case letters, digits and `-`, a letter
   * first, at most 40.
   * @pattern ^[a-z][a-z0-9-]{0,39}$
   */
  readonly name: string;
  /** Name people see in the Kasm dashboard and in the browser's tab. @minLength 1 @maxLength 60 */
  readonly title: string;
  /** One or two sentences for the registry. @minLength 1 */
  readonly description: string;
  /** At most three, as Kasm's registry allows. @minItems 1 @maxItems 3 @default ["Desktop"] */
  readonly categories?: readonly string[];
  /** Icon file in the workspace's folder, square, at least 50 pixels. @default "icon.svg" */
  readonly icon?: string;
  /** Where the packages come from. */
  readonly base: Base;
  /**
   * Packages to install, with everything they depend on: of Debian by name, where recommended packages are not
   * installed, so name those that are wanted; of nixpkgs by attribute path.
   */
  readonly packages: readonly PackageName[];
  /**
   * What the workspace takes from nixpkgs. With Debian as its base, this makes a second image of it, `<name>-nixpkgs`.
   * @default none
   */
  readonly nixpkgs?: NixpkgsPart;
  /** The screen. */
  readonly display?: Display;
  /** Processes that the supervisor runs besides the desktop's own. The key is the service's name. */
  readonly services?: Readonly<Record<string, Service>>;
  /** Ceilings of services, by name: of those above, of autostarted apps, and of the built-in ones. */
  readonly limits?: Readonly<Record<string, Limits>>;
  /** Applications: started with the desktop, kept running, or only offered as an icon. */
  readonly apps?: readonly App[];
  /** Environment of everything in the workspace; `docker run -e` wins over it. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Software that its maker hands out himself, by name: pinned files that the build fetches and unpacks. */
  readonly vendor?: Readonly<Record<string, VendorPackage>>;
  /** The URL launcher: other programs open pages in this workspace's browser over HTTP. @default none */
  readonly launcher?: Launcher;
  /** Files put into the image, over those of the packages. */
  readonly files?: readonly ImageFile[];
  /** What the container gets by default. */
  readonly resources?: Resources;
  /** Volumes besides the home, which is always one. */
  readonly volumes?: readonly Volume[];
}

/** A Debian package name, or an attribute path of nixpkgs: what the base has. */
export type PackageName = string;

/**
 * An attribute path of nixpkgs: names with dots between them, as in `kdePackages.kate`.
 * @pattern ^[A-Za-z_][A-Za-z0-9_+-]*(\.[A-Za-z_][A-Za-z0-9_+-]*)*$
 */
export type AttributePath = string;

/**
 * A file of a package of nixpkgs: attribute path, `/`, path in the package, as in `firefox/bin/firefox`.
 * @pattern ^[A-Za-z_][A-Za-z0-9_+-]*(\.[A-Za-z_][A-Za-z0-9_+-]*)*(/(?!\.{1,2}(/|$))[^/\s]+)+$
 */
export type PackageFile = string;

/**
 * An absolute path in the image, without `..` or empty parts.
 * @pattern ^(/(?!\.{1,2}(/|$))[^/\u0000-\u001f]+)+$
 */
export type ImagePath = string;

/**
 * A TCP port that an unprivileged process may listen on.
 * @minimum 1024 @maximum 65535
 * @asType integer
 */
export type Port = number;

/**
 * A size with a binary unit: `512MiB`, `4GiB`.
 * @pattern ^[1-9][0-9]*(MiB|GiB)$
 */
export type Size = string;

/**
 * A program and its arguments.
 * @minItems 1
 */
export type Command = readonly string[];

/**
 * A number of an open file, behind standard input, output and error.
 * @minimum 3 @maximum 255
 * @asType integer
 */
export type FileDescriptor = number;

/**
 * A text of at least one character.
 * @minLength 1
 */
export type NonEmpty = string;

/** Debian, pinned package by package in nix/locks/, or nixpkgs, as flake.lock pins it (docs/nix.md). */
export interface Base {
  readonly distribution: "debian" | "nixpkgs";
  /** Of Debian only. @default "trixie" */
  readonly suite?: "trixie";
}

/** What a workspace takes from nixpkgs. */
export interface NixpkgsPart {
  /** Packages to install; where nixpkgs is the base, `packages` has them. @default [] */
  readonly packages?: readonly AttributePath[];
  /** Names of packages that are taken though their licence is no free one. @default [] */
  readonly unfree?: readonly NonEmpty[];
  /**
   * Files that are found at a path of the image, which the workspace's apps name:
   * `{ "/usr/bin/firefox-esr": "firefox/bin/firefox" }`. @default {}
   */
  readonly programs?: Readonly<Record<string, PackageFile>>;
}

export interface Display {
  /**
   * `tigervnc`: Kasmix's gateway and client in front of Debian's TigerVNC; `kasmvnc`: KasmVNC, which serves its own
   * client (docs/kasmvnc.md). @default "tigervnc"
   */
  readonly server?: "tigervnc" | "kasmvnc";
  /** Size of the screen before a browser asks for its own: width x height. @pattern ^[1-9][0-9]{2,4}x[1-9][0-9]{2,4}$ @default "1280x720" */
  readonly resolution?: string;
  /** Upper limit of frames a second. @minimum 1 @maximum 120 @asType integer @default 60 */
  readonly frameRate?: number;
  /** KasmVNC's own settings; only with `server: "kasmvnc"`. @default each its own */
  readonly kasmvnc?: KasmVnc;
}

/** A process that the supervisor starts, watches and restarts. */
export interface Service {
  /** Program and arguments; no shell is involved. */
  readonly command: Command;
  /** Added to the workspace's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Working directory. @default "/home/kasm-user" */
  readonly directory?: ImagePath;
  /** Services that must come first, and how far each must have come. */
  readonly needs?: readonly Need[];
  /** How the service tells that it is ready. Without it, a started service counts as ready. */
  readonly ready?: Readiness;
  /** @default "always" */
  readonly restart?: RestartPolicy;
  /**
   * Seconds that it may take to become ready; then it is stopped and counts as dead.
   * @minimum 0.1 @maximum 3600 @default no limit
   */
  readonly startTimeout?: number;
  /** How it is stopped. */
  readonly stop?: StopPolicy;
  /** Whether the container ends when this service fails for good. @default false */
  readonly critical?: boolean;
  /** A port the service listens on; two services must not name the same one. */
  readonly port?: Port;
}

export interface Need {
  /** Name of a service: one of the workspace's, or `session-bus`, `display`, `desktop`, `sound`. */
  readonly service: string;
  /**
   * `started`: it has a process; `ready`; `settled`: ready, or given up, ended or stopped; `completed`: it has
   * exited 0. @default "ready"
   */
  readonly condition?: "started" | "ready" | "settled" | "completed";
}

/** How a service tells that it is ready: exactly one of the kinds. */
export type Readiness =
  /** A unix socket that accepts a connection. */
  | { readonly socket: ImagePath }
  /** A TCP port on the loopback interface that accepts a connection. */
  | { readonly port: Port }
  /** A file that exists. */
  | { readonly file: ImagePath }
  /** A line of its output that matches this JavaScript regular expression. */
  | { readonly log: NonEmpty }
  /** A newline that the service writes to this file descriptor. */
  | { readonly fd: FileDescriptor }
  /** A command that exits 0. */
  | { readonly command: Command }
  /** A mapped X window whose class or title contains this text. */
  | { readonly window: NonEmpty };

/** When a service that ended is started again. */
export type RestartPolicy = "always" | "on-failure" | "never";

export interface StopPolicy {
  /** @default "TERM" */
  readonly signal?: "TERM" | "INT" | "HUP" | "QUIT";
  /** Seconds until the process group is killed. @minimum 0 @maximum 9 @default 5 */
  readonly grace?: number;
  /**
   * Who gets the signal: all processes of its group, or the first, which ends the others by itself, as browsers and
   * Electron apps do, whose helpers must live until the data are written. @default "group"
   */
  readonly to?: "group" | "process";
}

/** What a service may use. */
export interface Limits {
  /** Memory of all its processes; above it the service is stopped in order and started again. @default no limit */
  readonly memory?: Size;
  /** How far it stands back for others when the processor is busy. @minimum 0 @maximum 19 @asType integer @default 0 */
  readonly niceness?: number;
}

/** An application of the desktop. */
export interface App {
  /** Service name of the app and file name of its icon: lower-case letters, digits and `-`. @pattern ^[a-z][a-z0-9-]{0,39}$ */
  readonly name: string;
  /** Name under the icon. @minLength 1 */
  readonly title: string;
  /**
   * Program and arguments; `{NAME}` in an argument stands for an environment variable. The variable `argumentsFrom`
   * replaces the arguments.
   */
  readonly command: Command;
  /** Environment variable whose words replace the arguments. @default "APP_ARGS" for the first app, else none */
  readonly argumentsFrom?: VariableName;
  /** Environment variable that keeps the app from being started with the desktop when it is 0. @default none */
  readonly switch?: VariableName;
  /**
   * Whether its last argument may be an address. Such an app starts with KASM_URL, START_URL or LAUNCH_URL, the first
   * that is set, and `custom_startup.sh --go` opens addresses in the first of them. @default false
   */
  readonly opensUrls?: boolean;
  /** Whether its window is maximised when it appears, unless MAXIMIZE is false. @default false */
  readonly maximize?: boolean;
  /** What is done before each start. */
  readonly before?: readonly Preparation[];
  /** Icon name from the icon theme, or an absolute path. */
  readonly icon?: string;
  /** Whether the app starts with the desktop. @default false */
  readonly autostart?: boolean;
  /** What happens when an autostarted app ends: closing its window brings it back with `always`. @default "on-failure" */
  readonly restart?: RestartPolicy;
  /** Whether it has an icon on the desktop. @default true */
  readonly desktopIcon?: boolean;
  /** Added to the workspace's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** How an autostarted app tells that it is ready. */
  readonly ready?: Readiness;
  /** How an autostarted app is stopped. */
  readonly stop?: StopPolicy;
}

/** What is done before each start of an app: exactly one of the kinds. */
export type Preparation =
  /** These fields are set in a JSON file; what else is in it stays. A file that is no JSON is kept beside the new one. */
  | { readonly mergeJson: HomePath; readonly fields: Readonly<Record<string, unknown>> }
  /** Locks that a dead Chromium, or app built on it, left in its profile directory are removed. */
  | { readonly unlockChromium: HomePath };

/**
 * A path below the home: `~/.config/discord/settings.json`.
 * @pattern ^~(/(?!\.{1,2}(/|$))[^/\u0000-\u001f]+)+$
 */
export type HomePath = string;

/**
 * Name of an environment variable.
 * @pattern ^[A-Z_][A-Z0-9_]*$
 */
export type VariableName = string;

/** A file that a maker hands out, pinned by its hash, and how it becomes part of the image. */
export interface VendorPackage {
  /** @minLength 1 */
  readonly version: string;
  /** Where the file is; `{version}` stands for the version. @pattern ^https://[^\s]+$ */
  readonly url: string;
  /** Hash of the file: 64 hexadecimal digits. @pattern ^[0-9a-f]{64}$ */
  readonly sha256: string;
  /** What the file is: a Debian package, whose files keep their places, or an archive. */
  readonly format: "deb" | "tar.gz" | "tar.xz" | "zip";
  /** Where the files of an archive go. @default "/opt/<name>" */
  readonly directory?: ImagePath;
  /** Leading folders of an archive that are left out. @minimum 0 @maximum 9 @asType integer @default 0 */
  readonly strip?: number;
  /**
   * Programs of it that apps run: with `--without-vendor` each is a stand-in that shows a window saying so.
   * @minItems 1
   */
  readonly programs: readonly ImagePath[];
  /** How `kasmix update` finds the newest version. @default not at all */
  readonly newest?: VendorSource;
}

/** Where the newest version is told: exactly one of the kinds. */
export type VendorSource =
  /** A Debian repository's Packages file and the package's name in it: gives version and hash. */
  | { readonly debianPackages: string; readonly package: string }
  /** An address that redirects to the newest file; the pattern's first group in that address is the version. */
  | { readonly redirect: string; readonly version: string }
  /** A repository's newest release whose tag matches; the pattern's first group is the version. */
  | { readonly githubRelease: string; readonly tag: string };

/** The URL launcher (docs/url-launcher.md). */
export interface Launcher {
  /** Name of the app that it opens pages in: a Chromium that listens for its debugger on CDP_PORT. */
  readonly app: string;
  /** Whether the app's own connections are held to the launcher's policy, too. @default true */
  readonly egress?: boolean;
}

/**
 * A file of the image: exactly one of `text`, `source` and `link`. It replaces what a package or Kasmix puts there,
 * custom_startup.sh under /dockerstartup and the desktop's settings included; only what Kasmix itself runs, the
 * home and the folders made at run time are refused. A home's file goes under /home/kasm-default-profile.
 */
export interface ImageFile {
  readonly path: ImagePath;
  /** Content. */
  readonly text?: string;
  /** File in the workspace's folder whose content is taken. */
  readonly source?: string;
  /** Target of a symbolic link. */
  readonly link?: string;
  /** Permissions, octal: four digits, of which the first is 0. @pattern ^0[0-7]{3}$ @default "0644" */
  readonly mode?: string;
  /** @default "root" */
  readonly owner?: "root" | "kasm-user";
}

export interface Resources {
  /** @default "2GiB" */
  readonly memory?: Size;
  /** @minimum 0.1 @default 2 */
  readonly cpus?: number;
  /** Size of /dev/shm; browsers need it. @default "512MiB" */
  readonly sharedMemory?: Size;
}

export interface Volume {
  /** Name of the volume, behind the workspace's name: lower-case letters, digits and `-`. @pattern ^[a-z][a-z0-9-]{0,39}$ */
  readonly name: string;
  /** Where it is mounted. */
  readonly path: ImagePath;
}

/**
 * KasmVNC's settings: kasmvnc.yaml with its own names and groups. Without a default here, what is left out is left to
 * KasmVNC; where kasmvnc.yaml has a word for that ("never", "unlimited", "auto"), leave the setting out. What Kasmix
 * sets by itself is not among them: size of the screen, frame rate, port, certificate, passwords, web client.
 */
export interface KasmVnc {
  readonly desktop?: {
    /** Whether a browser may change the size of the screen. @default true */
    readonly allow_resize?: boolean;
    /** Bits of a pixel. @default 24 */
    readonly pixel_depth?: 16 | 24 | 32;
    readonly gpu?: {
      /** Whether OpenGL is done by the graphics card. @default false */
      readonly hw3d?: boolean;
      /** The card's device. @default "/dev/dri/renderD128" */
      readonly drinode?: ImagePath;
    };
  };
  readonly network?: {
    /** Address to listen on: an IPv4 address, or `all`. @pattern ^(all|([0-9]{1,3}\.){3}[0-9]{1,3})$ @default "0.0.0.0" */
    readonly interface?: string;
    /** @default true */
    readonly use_ipv4?: boolean;
    /** @default true */
    readonly use_ipv6?: boolean;
    readonly udp?: {
      /**
       * Address that browsers are told for UDP; `auto` asks a STUN server on the internet for it. With the default
       * nobody is asked, and browsers outside the container use no UDP.
       * @pattern ^(auto|[0-9A-Fa-f.:]+)$ @default "127.0.0.1"
       */
      readonly public_ip?: string;
      /** @default that of the web client */
      readonly port?: Port;
      /** Bytes of a packet; not known to KasmVNC before 1.4. @minimum 1 @maximum 65507 @asType integer */
      readonly payload_size?: number;
      /** STUN server to ask: a host name or address. @pattern ^[^\s]+$ */
      readonly stun_server?: string;
    };
    readonly ssl?: {
      /** Whether plain HTTP is refused. Without it, passwords go over the wire in the clear. @default true */
      readonly require_ssl?: boolean;
    };
    /** A unix socket of KasmVNC's that is relayed to the browser. */
    readonly unix_relay?: {
      /** Name that the browser asks for. @pattern ^[^\s:]{1,63}$ */
      readonly name: string;
      /** Where KasmVNC listens; nobody else may have made it. */
      readonly path: ImagePath;
    };
  };
  readonly user_session?: {
    /** Whether several browsers may be connected. @default "shared" */
    readonly session_type?: "shared" | "exclusive";
    /** Whether a new one ends the one before; only with `exclusive`. @default false */
    readonly new_session_disconnects_existing_exclusive_session?: boolean;
    /** Whether who is there is asked before another is let in. @default false */
    readonly concurrent_connections_prompt?: boolean;
    /** Seconds to answer that. @minimum 1 @asType integer @default 10 */
    readonly concurrent_connections_prompt_timeout?: number;
    /** Seconds after which a connection without input is ended. @minimum 1 @asType integer @default never */
    readonly idle_timeout?: number;
  };
  readonly keyboard?: {
    /** Keys that count as others, as X key symbols: `0x22->0x40`. */
    readonly remap_keys?: readonly KeyRemap[];
    /** @default false */
    readonly ignore_numlock?: boolean;
    /** Whether keys go by the layout of the desktop, not the browser's. @default false */
    readonly raw_keyboard?: boolean;
  };
  readonly pointer?: {
    /** Whether the pointer of browsers counts. @default true */
    readonly enabled?: boolean;
  };
  readonly runtime_configuration?: {
    /**
     * Whether the settings that KasmVNC's client shows count: quality, frame rate, clipboard.
     * @default true; false where the clipboard is restricted, which a client could undo
     */
    readonly allow_client_to_override_kasm_server_settings?: boolean;
    /** Whether programs on the desktop may change the settings below by vncconfig. @default false */
    readonly allow_override_standard_vnc_server_settings?: boolean;
    /** Which ones. */
    readonly allow_override_list?: readonly KasmVncOverride[];
  };
  readonly logging?: {
    /** Part of KasmVNC that logs. @pattern ^(all|[A-Za-z0-9]+)$ @default "all" */
    readonly log_writer_name?: string;
    /** How much, to 100. @minimum 0 @maximum 100 @asType integer @default 30 */
    readonly level?: number;
  };
  readonly security?: {
    readonly brute_force_protection?: {
      /** Failed logins after which an address is locked out; 0 never does that. @minimum 0 @asType integer @default 5 */
      readonly blacklist_threshold?: number;
      /** Seconds, to begin with. @minimum 1 @asType integer @default 10 */
      readonly blacklist_timeout?: number;
    };
  };
  readonly data_loss_prevention?: KasmVncDataLossPrevention;
  readonly encoding?: KasmVncEncoding;
  readonly server?: {
    readonly http?: {
      /**
       * Headers of all answers, as `Name=value`.
       * @default ["Cross-Origin-Embedder-Policy=require-corp", "Cross-Origin-Opener-Policy=same-origin"]
       */
      readonly headers?: readonly HeaderSetting[];
    };
    readonly advanced?: {
      /** Font path of the X server. */
      readonly x_font_path?: NonEmpty;
    };
    /** Each in seconds; the display ends then, and the supervisor starts it anew. */
    readonly auto_shutdown?: {
      /** Nobody was connected for so long. @minimum 1 @asType integer @default never */
      readonly no_user_session_timeout?: number;
      /** Somebody was connected for so long. @minimum 1 @asType integer @default never */
      readonly active_user_session_timeout?: number;
      /** Nothing was done for so long. @minimum 1 @asType integer @default never */
      readonly inactive_user_session_timeout?: number;
    };
  };
}

/** What may leave and enter the desktop. */
export interface KasmVncDataLossPrevention {
  /** The part of the screen that is shown, in pixels or percent; negative numbers count from the other side. */
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
    /** Milliseconds that must pass between two uses. @minimum 1 @asType integer @default none */
    readonly delay_between_operations?: number;
    /** Forms besides text. @default ["chromium/x-web-custom-data", "text/html", "image/png"] */
    readonly allow_mimetypes?: readonly MimeType[];
    readonly server_to_client?: {
      /** KASMIX_CLIPBOARD_DOWN=0 forbids it all the same. @default true */
      readonly enabled?: boolean;
      /** Bytes at a time. @minimum 1 @asType integer @default what KASMIX_CLIPBOARD_LIMIT says */
      readonly size?: number;
      /** Whether what is only selected goes to browsers as well. @default false */
      readonly primary_clipboard_enabled?: boolean;
    };
    readonly client_to_server?: {
      /** KASMIX_CLIPBOARD_UP=0 forbids it all the same. @default true */
      readonly enabled?: boolean;
      /** Bytes at a time. @minimum 1 @asType integer @default what KASMIX_CLIPBOARD_LIMIT says */
      readonly size?: number;
    };
  };
  readonly keyboard?: {
    /** Whether keys of browsers count. @default true */
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
    /** Pixels between two of many. @minimum 0 @maximum 4096 @asType integer */
    readonly repeat_spacing?: number;
    readonly text?: {
      /** What it says, with strftime's signs for the time. */
      readonly template: NonEmpty;
      /** A font file in the image. @default KasmVNC's own */
      readonly font?: ImagePath;
      /** @minimum 8 @maximum 256 @asType integer @default 48 */
      readonly font_size?: number;
      /** The time's zone: `Australia/Adelaide`. @pattern ^[A-Za-z0-9_+/-]+$ @default UTC */
      readonly timezone_name?: string;
      /** Degrees. @minimum -359 @maximum 359 @asType integer @default 0 */
      readonly angle?: number;
    };
  };
  readonly logging?: {
    /** `verbose` writes keys and clipboard into the container's log. @default "off" */
    readonly level?: "off" | "info" | "verbose";
  };
}

/** How the picture is sent. */
export interface KasmVncEncoding {
  /** Frames after which a whole one is sent, to browsers that use UDP. @minimum 1 @maximum 1000 @asType integer @default none */
  readonly full_frame_updates?: number;
  readonly rect_encoding_mode?: {
    /** @minimum 0 @maximum 9 @asType integer @default 7 */
    readonly min_quality?: number;
    /** @minimum 0 @maximum 9 @asType integer @default 8 */
    readonly max_quality?: number;
    /** Quality from which on no better picture is sent afterwards. @minimum 0 @maximum 10 @asType integer @default 10 */
    readonly consider_lossless_quality?: number;
    /** Threads that compress. @minimum 1 @maximum 64 @asType integer @default by the processors there are */
    readonly rectangle_compress_threads?: number;
  };
  readonly video_encoding_mode?: {
    /** -1 lets KasmVNC choose. @minimum -1 @maximum 9 @asType integer @default -1 */
    readonly jpeg_quality?: number;
    /** -1 lets KasmVNC choose. @minimum -1 @maximum 9 @asType integer @default -1 */
    readonly webp_quality?: number;
    /** A moving picture that is larger is scaled down to this. */
    readonly max_resolution?: {
      /** @minimum 16 @maximum 16384 @asType integer */
      readonly width: number;
      /** @minimum 16 @maximum 16384 @asType integer */
      readonly height: number;
    };
    readonly enter_video_encoding_mode?: {
      /** Seconds of much change; 0 is always. @minimum 0 @maximum 2000 @asType integer @default 5 */
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
    /** @default "progressive_bilinear" */
    readonly scaling_algorithm?: "nearest" | "bilinear" | "progressive_bilinear";
    /** Percent of a frame's time for WebP. @minimum 1 @maximum 100 @asType integer @default 30 */
    readonly webp_encoding_time?: number;
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
 * Two X key symbols, the first of which counts as the second: `0x22->0x40`.
 * @pattern ^0x[0-9A-Fa-f]+->0x[0-9A-Fa-f]+$
 */
export type KeyRemap = string;

/**
 * Pixels or percent: `10`, `40%`, `-10`.
 * @pattern ^-?[0-9]+%?$
 */
export type RegionEdge = string;

/**
 * A header and its value: `Name=value`.
 * @pattern ^[A-Za-z0-9-]+=[^=\u0000-\u001f]+$
 */
export type HeaderSetting = string;

/**
 * A form of what is copied: `image/png`.
 * @pattern ^[a-z0-9.+-]+/[a-z0-9.+-]+$
 */
export type MimeType = string;

/** What programs on the desktop may be allowed to change in a running KasmVNC. */
export type KasmVncOverride =
  | "pointer.enabled"
  | "data_loss_prevention.clipboard.server_to_client.enabled"
  | "data_loss_prevention.clipboard.client_to_server.enabled"
  | "data_loss_prevention.clipboard.server_to_client.primary_clipboard_enabled";
