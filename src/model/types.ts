/**
 * What a workspace is. The JSON Schema that checks a workspace.ts (workspace.schema.json) is derived from these
 * interfaces, and their comments are the reference.
 */

import type {
  AttributePath,
  Command,
  Duration,
  FileDescriptor,
  ImagePath,
  NonEmpty,
  PackageFile,
  PackageName,
  Port,
  Size,
} from "./basic-types.ts";
import type { KasmVnc } from "./kasmvnc-types.ts";

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
  /**
   * The registry's icon, a square PNG or SVG of at least 50 pixels: a file in the workspace's folder, or the absolute path
   * of one in the image, such as the app's own. @default "icon.svg"
   */
  readonly icon?: string;
  /** Where the packages come from. */
  readonly base: Base;
  /**
   * Packages to install, with everything they depend on: Debian's by name, nixpkgs' by attribute path. Debian's
   * recommended packages are not installed; name those that you want.
   */
  readonly packages: readonly PackageName[];
  /**
   * Programs of its Debian packages that keep their set-id bits and file capabilities; all others lose them. They gain
   * privileges only in containers that allow it, and those of `kasmix` do not. @default []
   */
  readonly privileged?: readonly ImagePath[];
  /**
   * Languages whose translations of its Debian packages the image has, as gettext names them: `de`, `pt_BR`. Each has 3
   * to 5 MB. `LANG` chooses among them. @default []
   */
  readonly languages?: readonly Language[];
  /**
   * What the workspace takes from nixpkgs. With Debian as its base, this makes a second image of it, `<name>-nixpkgs`.
   * @default none
   */
  readonly nixpkgs?: NixpkgsPart;
  /** The screen. */
  readonly display?: Display;
  /** How the desktop looks. */
  readonly desktop?: Desktop;
  /** Processes that the supervisor runs besides the desktop's own. The key is the service's name. */
  readonly services?: Readonly<Record<string, Service>>;
  /** Ceilings of services, by name: of those above, of autostarted apps, and of the built-in ones. */
  readonly limits?: Readonly<Record<string, Limits>>;
  /** When a session ends by itself. @default never */
  readonly session?: SessionLimits;
  /** Applications: started with the desktop, kept running, or only offered as an icon. */
  readonly apps?: readonly App[];
  /** Environment of everything in the workspace; `docker run -e` wins over it. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Third-party software downloaded from its vendor, by name: pinned files that the build fetches and unpacks. */
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

/**
 * A language, with or without a country and a variant: `de`, `pt_BR`, `sr@latin`.
 * @pattern ^[a-z]{2,3}(_[A-Z]{2})?(@[a-z]+)?$
 */
export type Language = string;

/** Debian, pinned package by package in nix/locks/, or nixpkgs, as flake.lock pins it (docs/build/nix.md). */
export interface Base {
  readonly distribution: "debian" | "nixpkgs";
  /** Of Debian only. @default "trixie" */
  readonly suite?: "trixie";
}

/** What a workspace takes from nixpkgs. */
export interface NixpkgsPart {
  /** Packages to install; where nixpkgs is the base, `packages` has them. @default [] */
  readonly packages?: readonly AttributePath[];
  /** Names of the packages that may have an unfree licence. @default [] */
  readonly unfree?: readonly NonEmpty[];
  /**
   * Paths of the image, as the workspace's apps name them, and the files of packages that lie there:
   * `{ "/usr/bin/firefox-esr": "firefox/bin/firefox" }`. @default {}
   */
  readonly programs?: Readonly<Record<string, PackageFile>>;
}

export interface Display {
  /**
   * Which display server Kasmix's gateway serves: Debian's TigerVNC with Kasmix's client, or KasmVNC with its own
   * (docs/build/kasmvnc.md). @default "tigervnc"
   */
  readonly server?: "tigervnc" | "kasmvnc";
  /**
   * Where KasmVNC comes from: built from `source`, or its maker's `release` for Debian, which is downloaded like vendor
   * software. Only with `server: "kasmvnc"`. @default "source"
   */
  readonly from?: "source" | "release";
  /** Size of the screen before a browser asks for its own: width x height. @pattern ^[1-9][0-9]{2,4}x[1-9][0-9]{2,4}$ @default "1280x720" */
  readonly resolution?: string;
  /** Upper limit of frames a second. @minimum 1 @maximum 120 @asType integer @default 60 */
  readonly frameRate?: number;
  /** KasmVNC's own settings; only with `server: "kasmvnc"`. @default KasmVNC's and Kasmix's defaults */
  readonly kasmvnc?: KasmVnc;
}

/** How the desktop looks at first; its user may change all of it (docs/build/look.md). */
export interface Desktop {
  /** `auto`: light or dark as the visitor's browser prefers. KASMIX_THEME wins over it. @default "auto" */
  readonly theme?: "auto" | "light" | "dark";
  /** Where the panel is: the menu, the windows, volume and clock. @default "bottom" */
  readonly panel?: "bottom" | "top" | "none";
  /** File in the workspace's folder, a PNG or a JPEG. @pattern \.(png|jpe?g)$ @default Kasmix's own, light or dark like the theme */
  readonly wallpaper?: string;
  /** Another desktop environment than XFCE, from packages of the workspace. @default XFCE, which every image has */
  readonly environment?: DesktopEnvironment;
}

/** The parts of a desktop environment that have to be known. */
export interface DesktopEnvironment {
  /** Its name in XDG_CURRENT_DESKTOP: `LXQt`. @pattern ^[A-Za-z][A-Za-z0-9-]*$ */
  readonly name: string;
  /** The program that starts its parts and lives as long as it does. */
  readonly command: Command;
  /** Class of the window with its backdrop, in lower case: when this has painted, the desktop is ready. */
  readonly backdrop: NonEmpty;
  /** Class of its panel's window, in lower case. */
  readonly panel: NonEmpty;
}

/** A process that the supervisor starts, watches and restarts. */
export interface Service {
  /** Program and arguments; no shell is involved. */
  readonly command: Command;
  /** Added to the workspace's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Working directory. @default "/home/kasm-user" */
  readonly directory?: ImagePath;
  /** Services that must be up first, and in which state. */
  readonly needs?: readonly Need[];
  /** How the service shows that it is ready. Without it, a started service counts as ready. */
  readonly ready?: Readiness;
  /** @default "always" */
  readonly restart?: RestartPolicy;
  /**
   * Seconds that it may take to become ready. After that it is stopped and counts as failed.
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
   * `started`: it has a process; `ready`; `settled`: ready, failed for good, ended or stopped; `completed`: it exited
   * with 0. @default "ready"
   */
  readonly condition?: "started" | "ready" | "settled" | "completed";
}

/** How a service shows that it is ready: exactly one of the kinds. */
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
   * Which processes get the signal: all of the group, or the first alone. Browsers and Electron apps end their helpers
   * by themselves, after these have written the data. @default "group"
   */
  readonly to?: "group" | "process";
}

/** What a service may use. */
export interface Limits {
  /** Memory of all its processes. A service that uses more is stopped cleanly and started again. @default no limit */
  readonly memory?: Size;
  /** Its nice value: the higher, the more other processes go first when the processor is busy. @minimum 0 @maximum 19 @asType integer @default 0 */
  readonly niceness?: number;
}

/** When a session ends by itself (docs/operate/limits.md): by one of the limits, or both. */
export interface SessionLimits {
  /** How long nobody has used keys, mouse or gamepad. @default no limit */
  readonly idle?: Duration;
  /** How long ago somebody has opened the desktop. @default no limit */
  readonly longest?: Duration;
  /** What then happens: everybody is disconnected and signed out, or the container stops. @default "disconnect" */
  readonly end?: "disconnect" | "stop";
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
  /** Environment variable whose words replace the arguments of `command`. @default "APP_ARGS" for the first app, else none */
  readonly argumentsFrom?: VariableName;
  /** Environment variable that, set to 0, keeps the app from starting with the desktop. @default none */
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
  /** How an autostarted app shows that it is ready. */
  readonly ready?: Readiness;
  /** How an autostarted app is stopped. */
  readonly stop?: StopPolicy;
}

/** What is done before each start of an app: exactly one of the kinds. */
export type Preparation =
  /** Sets these fields of a JSON file and keeps its other fields. A file that is not JSON is kept beside the new one. */
  | { readonly mergeJson: HomePath; readonly fields: Readonly<Record<string, unknown>> }
  /** Removes the locks that a Chromium, or an app built on it, left in its profile directory when it was killed. */
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

/** A file that a vendor publishes, pinned by its hash, and how it becomes part of the image. */
export interface VendorPackage {
  /** @minLength 1 */
  readonly version: string;
  /** Where to download the file; `{version}` stands for the version. @pattern ^https://[^\s]+$ */
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
   * Its programs that apps run. With `--without-vendor`, each is a stand-in that shows a window saying so.
   * @minItems 1
   */
  readonly programs: readonly ImagePath[];
  /** How `kasmix update` finds the newest version. @default none: the version stays */
  readonly newest?: VendorSource;
}

/** Where to find the newest version: exactly one of the kinds. */
export type VendorSource =
  /** A Debian repository's Packages file and the package's name in it: gives version and hash. */
  | { readonly debianPackages: string; readonly package: string }
  /** An address that redirects to the newest file; the pattern's first group in that address is the version. */
  | { readonly redirect: string; readonly version: string }
  /** A repository's newest release whose tag matches; the pattern's first group is the version. */
  | { readonly githubRelease: string; readonly tag: string };

/** The URL launcher (docs/operate/url-launcher.md). */
export interface Launcher {
  /** Name of the app that it opens pages in: a Chromium that listens for its debugger on CDP_PORT. */
  readonly app: string;
  /** Whether the launcher's policy applies to the app's own connections too. @default true */
  readonly egress?: boolean;
}

/**
 * A file of the image: exactly one of `text`, `source` and `link`. It replaces what a package or Kasmix puts there,
 * including the desktop's settings and custom_startup.sh in /dockerstartup. Refused are the files that Kasmix itself
 * runs, the home, and folders made at run time. Files for the home go under /home/kasm-default-profile.
 */
export interface ImageFile {
  readonly path: ImagePath;
  /** Content. */
  readonly text?: string;
  /** File in the workspace's folder that has the content. */
  readonly source?: string;
  /** Target of a symbolic link. */
  readonly link?: string;
  /** Permissions, octal: four digits, the first 0. @pattern ^0[0-7]{3}$ @default "0644" */
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
  /**
   * Most processes and threads at once: a fork bomb ends there. A pod of Kubernetes has no such field.
   * @minimum 100 @asType integer @default 2000
   */
  readonly pidsLimit?: number;
}

export interface Volume {
  /** Name of the volume, which follows the workspace's name: lower-case letters, digits and `-`. @pattern ^[a-z][a-z0-9-]{0,39}$ */
  readonly name: string;
  /** Where it is mounted. */
  readonly path: ImagePath;
}
