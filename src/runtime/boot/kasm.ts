import { existsSync } from "node:fs";
import { basename } from "node:path";
import { readTextIfThere } from "../../files/read-text-if-there.ts";
import type { RuntimeConfig } from "../../model/runtime.ts";
import type { Log } from "../log/log.ts";
import { XFCE } from "../session/xfce.ts";

/** A variable of Kasm's platform or images that has no effect here. */
export interface KasmVariable {
  readonly names: readonly string[];
  /** Why, and what to do instead, as docs/operate/runtime.md has it. */
  readonly reason: string;
  /** Whether the image lacks what a value asks for; `desktop` is the desktop's program. @default every value does */
  readonly asks?: (value: string, desktop: string) => boolean;
  /** Whether the user loses data or protection without it: the log then warns. @default false */
  readonly matters?: boolean;
}

/** A path that Kasm's platform runs, or the users of its images mount or write. */
export interface KasmPath {
  readonly paths: readonly string[];
  /** What it does here, as docs/operate/runtime.md has it. */
  readonly meaning: string;
  /** Whether the user has put a file at this path that Kasmix ignores. @default the user cannot */
  readonly isIgnored?: (path: string, hasKasmVnc: boolean) => boolean;
}

/**
 * Every variable of Kasm's platform and images that has no effect here; `TABLES` has the others. The log names those that
 * are set, docs/operate/runtime.md all.
 */
export const KASM_VARIABLES: readonly KasmVariable[] = [
  variable(
    "KASM_PROFILE_LDR, KASM_PROFILE_SIZE_LIMIT, KASM_PROFILE_FILTER, KASM_PROFILE_CHUNK_SIZE",
    "the platform's profiles are neither loaded nor kept; mount a volume at `/home/kasm-user`",
    { matters: true },
  ),
  variable(
    "KASM_SVC_RECORDER",
    "the platform's recorder is not there; [the owner records](../use/recording.md)",
    { asks: isOn, matters: true },
  ),
  variable("KASM_SVC_PRINTER, KASM_PRINTER_WAIT", "there is no printer; save a PDF and download it", {
    asks: isOn,
  }),
  variable("KASM_SVC_SMARTCARD", "there is no reader for smart cards", { asks: isOn }),
  variable("KASM_SVC_EGRESS", "nothing waits for the platform's VPN; programs start without it", {
    asks: isOn,
  }),
  variable(
    "KASM_API_HOST, KASM_API_JWT, KASM_API_PORT",
    "the platform is not told the log and the session's state; read the container's log",
  ),
  variable("KASM_RESTRICTED_FILE_CHOOSER", "file dialogs show whatever the desktop's user may read", {
    asks: isOn,
    matters: true,
  }),
  variable("DLP_PROCESS_FAIL_SECURE", "a service that ends is started again, and the session goes on", {
    asks: isOn,
    matters: true,
  }),
  variable("KASMVNC_AUTO_RECOVER", "a display that ends is always started again", { asks: isOff }),
  variable("START_DE", "the workspace says which desktop starts (`desktop.environment`)", {
    asks: (value, desktop) => value !== desktop,
  }),
  variable("START_XFCE4", "the workspace says which desktop starts (`desktop.environment`)", {
    asks: (value, desktop) => isOn(value) !== (desktop === "xfce4-session"),
  }),
  variable(
    "KASM_EGL_CARD, KASM_ENABLE_ZINK",
    "there is neither VirtualGL nor Zink; programs draw by the [GPU](#gpu) without them",
  ),
  variable("VNC_COL_DEPTH", "the screen has 24 bits for each pixel", { asks: (value) => value !== "24" }),
  variable("VNC_PORT", "VNC viewers cannot connect; `NO_VNC_PORT` sets the port for browsers"),
  variable("AUDIO_PORT", "the port is `KASMIX_AUDIO_PORT`", { asks: (value) => value !== "4901" }),
  variable("UPLOAD_PORT", "the port is `KASMIX_UPLOAD_PORT`", { asks: (value) => value !== "4902" }),
  variable("PULSEAUDIO_FRAGMENT_SIZE", "the delay of the sound is fixed"),
  variable("CLOUD_MOUNTS", "the file manager has no entries for the platform's storage; open its folders"),
  variable("KASM_DEBUG", "the [log](../internals/supervision.md#log) always has everything", { asks: isOn }),
  variable("KASM_VNC_PATH", "the files of the page have a fixed place"),
  variable("KASM_TLS_CERT_PATH", "the [certificate](#certificates) is that of `KASMIX_TLS_CERT`"),
  variable(
    "KASM_OS_USER, KASM_OS_GROUP, KASM_OS_UID, KASM_OS_GID, KASM_OS_HOME",
    "the user is `kasm-user` of the group 0, and may have [any uid](#files)",
  ),
  variable("KASM_VNC", "the display always starts", { asks: isOff }),
  variable(
    "KASM_ID, KASM_USER, KASM_USER_ID, KASM_USER_NAME",
    "programs see whom the session is for; nothing depends on it, so the log does not name them",
    { asks: () => false },
  ),
];

/** The paths of Kasm's images and platform. The log names those that are there and have no effect. */
export const KASM_PATHS: readonly KasmPath[] = [
  path(
    "/entrypoint.sh, /dockerstartup/vnc_startup.sh, /dockerstartup/kasm_startup.sh",
    "start the container, as the image's entrypoint does",
  ),
  path("/dockerstartup/kasm_default_profile.sh", "starts the program in its arguments"),
  path(
    "/dockerstartup/custom_startup.sh",
    "opens a page (`--go`, `--assign`, `--url`) and starts the apps (`FORCE`). One of your own is not started with the container: name its program in the workspace's [`apps`](../build/add-an-app.md)",
    (file) => existsSync(file) && !readTextIfThere(file).startsWith("#!/opt/kasmix/"),
  ),
  path("/dockerstartup/kasm_post_run_user.sh", "prints the services"),
  path("/dockerstartup/kasm_pre_shutdown_user.sh", "lets apps and desktop save their data and end"),
  path(
    "/dockerstartup/kasm_post_run_root.sh, /dockerstartup/kasm_pre_shutdown_root.sh, /dockerstartup/kasm_end_session_recoverable.sh",
    "succeed; there is nothing to do",
  ),
  path("/dockerstartup/generate_container_user", "gives a shell the desktop's home, and a new uid a name"),
  path("/dockerstartup/maximize_window.sh", "maximizes the window with `MAXIMIZE_NAME` in its title"),
  path(
    "/dockerstartup/set_user_permission.sh, /dockerstartup/emblems.sh, /dockerstartup/trustdesktop.sh, /dockerstartup/browser_proxy_config.sh",
    "not there: they prepare Kasm's own images",
  ),
  path(
    "/dockerstartup/audio_input, gamepad, jsmpeg, kasmrx, printer, recorder, smartcard, upload_server, webcam",
    "not there: the gateway itself has sound, microphone, camera, gamepads and uploads",
  ),
  path("/usr/bin/desktop_ready, /usr/bin/filter_ready", "wait for the desktop, and for Kasm's web filter"),
  path("/usr/bin/printer_ready, /usr/bin/smartcard_ready", "succeed at once; there is nothing to wait for"),
  path("/home/kasm-default-profile", "fills a new home, and updates it: [Files](#files)"),
  path("~/.bashrc", "is read by shells, not at the container's start"),
  path("~/Uploads, ~/Downloads", "as in Kasm's images, with their links on the desktop"),
  path("~/.vnc/self.pem", "is the [certificate](#certificates), if it is valid; it is never overwritten"),
  path(
    "/etc/kasmvnc/kasmvnc.yaml, ~/.vnc/kasmvnc.yaml",
    "are read with [KasmVNC](../build/kasmvnc.md#kasmvncyaml), and have no effect with TigerVNC",
    (file, hasKasmVnc) => !hasKasmVnc && existsSync(file),
  ),
  path("~/.kasmpasswd", "is not read: set `VNC_PW` and `VNC_VIEW_ONLY_PW`", existsSync),
  path(
    "~/.vnc/xstartup",
    "is not run: name its programs in the workspace's `services` or `apps`",
    existsSync,
  ),
  path(
    "/usr/share/backgrounds/bg_default.png, /usr/share/extra/backgrounds/bg_default.png",
    "are the [wallpaper](../build/look.md) where they are mounted",
  ),
  path(
    "/etc/pki/tls/certs/ca-bundle.crt",
    "is `/etc/ssl/certs/ca-certificates.crt`, the certificates that programs trust",
  ),
  path("/dev/video0, /dev/input", "are not used: camera and gamepads are the browser's", existsSync),
  path("~/PDF, /tmp/printer, /tmp/smartcard, /run/pcscd", "not there: there are no printers and smart cards"),
];

/** Logs which variables of Kasm's are set and have no effect, each row once, without values. */
export function logKasmVariables(
  environment: NodeJS.ProcessEnv,
  { desktopEnvironment = XFCE }: Pick<RuntimeConfig, "desktopEnvironment">,
  log: Log,
): void {
  const desktop = basename(desktopEnvironment.command[0] ?? "");
  for (const { names, reason, asks = () => true, matters } of KASM_VARIABLES) {
    const set = names.filter((name) => environment[name] && asks(environment[name], desktop));
    if (set.length === 0) continue;
    const message = `${set.join(", ")} ${set.length > 1 ? "have" : "has"} no effect: ${plain(reason)}.`;
    log[matters ? "warn" : "info"]({ event: "setting.unsupported", names: set, message });
  }
}

/** Logs which of Kasm's paths are there and have no effect. */
export function logKasmPaths(home: string, hasKasmVnc: boolean, log: Log): void {
  for (const { paths, meaning, isIgnored = () => false } of KASM_PATHS) {
    for (const path of paths.map((name) => name.replace(/^~/, home))) {
      if (!isIgnored(path, hasKasmVnc)) continue;
      log.info({ event: "path.unsupported", path, message: `${path}: ${plain(meaning)}.` });
    }
  }
}

function variable(
  names: string,
  reason: string,
  more: Pick<KasmVariable, "asks" | "matters"> = {},
): KasmVariable {
  return { names: names.split(", "), reason, ...more };
}

function path(paths: string, meaning: string, isIgnored?: KasmPath["isIgnored"]): KasmPath {
  return { paths: paths.split(", "), meaning, ...(isIgnored && { isIgnored }) };
}

function isOn(value: string): boolean {
  return /^(1|true|yes|on)$/i.test(value);
}

function isOff(value: string): boolean {
  return /^(0|false|no|off)$/i.test(value);
}

/** Without links and code marks, which only the page has. */
function plain(text: string): string {
  return text.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("`", "");
}
