import {
  type Check,
  CLIPBOARD_SIZE,
  CUT_TEXT_DOWN,
  CUT_TEXT_UP,
  DISPLAY,
  FRAME_RATE,
  IDLE_LIMIT,
  KEYBOARD,
  ORIGINS,
  PAGE,
  PORT,
  RENDER_NODE,
  RESOLUTION,
  SESSION_END,
  SESSION_LIMIT,
  SOURCES,
  SWITCH,
  THEME,
  TIME_ZONE,
  TRUTH,
  UPLOAD_SIZE,
  WATERMARK,
} from "./_variable-checks.ts";
import { LOCALE_VARIABLES } from "./locale.ts";

/** A row of a table of variables in docs/. */
export interface Row {
  readonly names: readonly string[];
  /** As the page has it; empty where there is none. */
  readonly standard: string;
  /** As the page has it. */
  readonly meaning: string;
  /** What a value must be. @default anything, or the variable's reader checks and logs it */
  readonly check?: Check;
}

/**
 * Every variable that the container reads, by the page whose table has it. A test compares the tables, and another finds
 * variables that are read and not here.
 */
export const TABLES: Readonly<Record<string, readonly Row[]>> = {
  "docs/operate/runtime.md": [
    row("VNC_PW", "generated", "password of `kasm_user`: [Secrets](#secrets)"),
    row("VNC_VIEW_ONLY_PW", "", "password of `kasm_viewer`, who only watches; no such user without it"),
    row(
      "VNC_PW_FILE, VNC_VIEW_ONLY_PW_FILE, URL_LAUNCHER_TOKEN_FILE",
      "",
      "path of a file with the secret: [Secrets](#secrets)",
    ),
    row("VNC_RESOLUTION", "the workspace's", "screen size until a browser asks for its own", RESOLUTION),
    row("MAX_FRAME_RATE", "the workspace's", "highest number of frames per second", FRAME_RATE),
    row("KASMIX_STREAM", "1", "0: the picture comes by RFB only, never as a video stream", SWITCH),
    row(
      "KASMIX_THEME",
      "`auto`",
      "`light` or `dark`; `auto`: as the visitor: [look.md](../build/look.md)",
      THEME,
    ),
    row("TZ", "UTC", "time zone, such as `Europe/Berlin`", TIME_ZONE),
    row(
      "LANG, LC_ALL",
      "`C.UTF-8`",
      "locale, such as `de_DE.UTF-8`; also `LC_TIME` and the others: [Locales](#locales)",
    ),
    row(
      "KASM_URL, START_URL, LAUNCH_URL",
      "",
      "first page of the workspace's browser: the first that is set",
      PAGE,
    ),
    row("APP_ARGS", "the workspace's", "replaces the arguments of the first app"),
    row(
      "MAXIMIZE",
      "`true`",
      "`false`: windows keep their size, also of apps that ask to be maximized",
      TRUTH,
    ),
    row(
      "DISABLE_CUSTOM_STARTUP",
      "",
      "any value: apps wait until they are started (`kasmixctl start`, an icon, `custom_startup.sh x FORCE`)",
    ),
    row(
      "DISPLAY",
      "`:1`",
      "name of the X display: [Two desktops in one network](#two-desktops-in-one-network)",
      DISPLAY,
    ),
    row(
      "DRINODE, KASM_RENDERD",
      "the first usable",
      "the render node by which programs draw; the first that is set: [GPU](#gpu)",
      RENDER_NODE,
    ),
    row("NO_VNC_PORT", "6901", "port of the gateway", PORT),
    row(
      "KASMIX_TLS_CERT, KASMIX_TLS_KEY",
      "below `/etc/kasmix/tls`",
      "a certificate of your own: [Certificates](#certificates)",
    ),
    row("KASMIX_TLS", "`1`", "`0`: plain HTTP is answered too: [Behind a proxy](#behind-a-proxy)", SWITCH),
    row(
      "KASMIX_BASE_PATH",
      "`/`",
      "path that a proxy leaves before the desktop's own: [Behind a proxy](#behind-a-proxy)",
    ),
    row(
      "KASMIX_TRUSTED_PROXIES",
      "",
      "addresses and networks of proxies that are believed: [Behind a proxy](#behind-a-proxy)",
    ),
    row("KASMIX_FRAME_ANCESTORS", "`'self'`", "who may show the desktop in a frame", SOURCES),
    row(
      "KASMIX_ALLOWED_ORIGINS",
      "",
      "other origins whose pages may open WebSockets and change things, separated by commas",
      ORIGINS,
    ),
  ],
  "docs/operate/limits.md": [
    row(
      "KASMIX_IDLE_LIMIT",
      "0",
      "how long nobody may use keys, mouse or gamepad: `90s`, `30min`, `8h`; 0: for ever; an invalid value counts as 30min",
      IDLE_LIMIT,
    ),
    row(
      "KASMIX_SESSION_LIMIT",
      "0",
      "how long a session may last; 0: for ever; an invalid value counts as 8h",
      SESSION_LIMIT,
    ),
    row(
      "KASMIX_SESSION_END",
      "`disconnect`",
      "what then happens: `disconnect`, or `stop`: the container ends",
      SESSION_END,
    ),
  ],
  "docs/operate/watermark.md": [
    row("KASMIX_WATERMARK", "", "a text, or the path of a PNG in the container", WATERMARK),
  ],
  "docs/use/input.md": [
    row("XKB_DEFAULT_LAYOUT", "`us`", "one layout or several, such as `de` or `de,us`", KEYBOARD),
    row("XKB_DEFAULT_VARIANT", "", "a variant for each, such as `nodeadkeys`", KEYBOARD),
    row("XKB_DEFAULT_OPTIONS", "", "such as `compose:menu` or `grp:alt_shift_toggle`", KEYBOARD),
  ],
  "docs/use/clipboard.md": [
    row(
      "KASMIX_CLIPBOARD_UP",
      "1",
      '0: nothing goes into the desktop. Kasm\'s `KASM_SVC_ACCEPT_CUT_TEXT="-AcceptCutText 0"` means the same',
      SWITCH,
    ),
    row(
      "KASMIX_CLIPBOARD_DOWN",
      "1",
      '0: nothing leaves the desktop. Kasm\'s `KASM_SVC_SEND_CUT_TEXT="-SendCutText 0"` means the same',
      SWITCH,
    ),
    row(
      "KASMIX_CLIPBOARD_LIMIT",
      "16MiB",
      "largest size of one format in either direction: bytes, KiB or MiB, up to 256MiB",
      CLIPBOARD_SIZE,
    ),
  ],
  "docs/use/sound.md": [
    row("KASM_SVC_AUDIO", "1", "0: no sound; also no PulseAudio if the microphone is off", SWITCH),
    row("START_PULSEAUDIO", "1", "0: neither sound nor microphone", SWITCH),
    row("KASMIX_AUDIO_PORT", "4901", "the port for Kasm's page", PORT),
  ],
  "docs/use/microphone.md": [
    row("KASM_SVC_AUDIO_INPUT, START_PULSEAUDIO", "1", "0: no microphone", SWITCH),
    row("KASMIX_AUDIO_INPUT_PORT", "4903", "its own port; some of Kasm's images use 4904", PORT),
  ],
  "docs/use/camera.md": [
    row("KASM_SVC_WEBCAM", "1", "0: no camera, neither for the page nor for programs", SWITCH),
  ],
  "docs/use/files.md": [
    row("KASM_SVC_UPLOADS", "1", "0: no uploads, on no port", SWITCH),
    row("KASM_SVC_DOWNLOADS", "1", "0: no downloads", SWITCH),
    row(
      "KASMIX_UPLOAD_LIMIT",
      "free space",
      "the largest file: `500MiB`, `2GiB`; an invalid value counts as 1GiB",
      UPLOAD_SIZE,
    ),
    row("KASMIX_UPLOAD_PORT", "4902", "the port for Kasm's page", PORT),
  ],
  "docs/use/recording.md": [
    row("KASMIX_RECORDING", "1", "0: nobody records, neither in the panel nor by kasmixctl", SWITCH),
    row(
      "KASMIX_RECORDING_LIMIT",
      "free space",
      "size at which a recording ends: `500MiB`, `2GiB`; an invalid value counts as 1GiB",
      UPLOAD_SIZE,
    ),
  ],
  "docs/use/gamepad.md": [
    row("KASM_SVC_GAMEPAD", "1", "0: no gamepads, no address, no port", SWITCH),
    row("KASMIX_GAMEPAD_PORT", "4904", "its own port beside 6901", PORT),
  ],
  "docs/operate/url-launcher.md": [
    row(
      "URL_LAUNCHER_TOKEN",
      "generated",
      "the token that a request must carry; [in a file](runtime.md#secrets) too",
    ),
    row("NAV_SHIM_PORT", "9998", "port of the launcher, on every address", PORT),
    row("CDP_PORT", "9222", "port of the browser's DevTools, on 127.0.0.1", PORT),
    row("LAUNCH_NAV_SHIM", "1", "0: no URLs over HTTP", SWITCH),
    row("KASMIX_EGRESS_PORT", "9997", "port of the egress proxy, on 127.0.0.1", PORT),
    row("KASMIX_EGRESS_ALLOW", "", "exceptions to the policy, separated by commas or blanks"),
  ],
  "docs/build/kasmvnc.md": [
    row(
      "KASMIX_KASMVNC",
      "`/opt/kasmix/kasmvnc`",
      "the folder with `bin` and `share/kasmvnc/www` of KasmVNC; if there is none, TigerVNC is used",
    ),
    row(
      "HW3D",
      "0",
      "1: as `desktop.gpu.hw3d`, with `DRINODE` as the card; with TigerVNC programs always draw by a GPU",
      SWITCH,
    ),
    row(
      "VNCOPTIONS",
      "",
      'further options of Xvnc, as in Kasm\'s images: `-e VNCOPTIONS="-PreferBandwidth -DynamicQualityMin=4"`',
    ),
  ],
};

/** Variables that have no row of their own: those of the locale, and Kasm's for the clipboard. */
const OTHERS: readonly Row[] = [
  row(LOCALE_VARIABLES.join(), "", "part of the locale"),
  row("MAXIMIZE_NAME", "", "what maximize_window.sh looks for"),
  row("KASM_SVC_ACCEPT_CUT_TEXT", "`-AcceptCutText 1`", "whether text may go into the desktop", CUT_TEXT_UP),
  row("KASM_SVC_SEND_CUT_TEXT", "`-SendCutText 1`", "whether text may leave the desktop", CUT_TEXT_DOWN),
];

/** Every variable that has a meaning for people, by its name. */
export const VARIABLES: ReadonlyMap<string, Row> = new Map(
  [...OTHERS, ...Object.values(TABLES).flat()].flatMap((entry) => entry.names.map((name) => [name, entry])),
);

/** Places of files, which only tests change, and what Kasmix itself sets. */
export const INTERNAL: readonly string[] = [
  "KASMIX_CONFIG",
  "KASMIX_GAMEPADS",
  "KASMIX_PROFILE",
  "KASMIX_SCREENSHOT",
  "KASMIX_SCREEN_ENCODER",
  "KASMIX_SECRETS_FD",
  "KASMIX_SOUND_ENCODER",
  "KASMIX_TMP",
  "KASMIX_WWW",
];

/** A row from its names, separated by commas. */
function row(names: string, standard: string, meaning: string, check?: Check): Row {
  return { names: names.split(/, ?/), standard, meaning, ...(check ? { check } : {}) };
}
