import { rmSync } from "node:fs";
import { readTextIfThere } from "../../files/read-text-if-there.ts";
import type { RuntimeConfig } from "../../model/runtime.ts";
import type { Directories } from "../boot/directories.ts";
import { readCookie, writeXauthority } from "../boot/xauthority.ts";
import { type ClipboardPolicy, clipboardPolicy } from "../clipboard/policy.ts";
import type { Log } from "../log/log.ts";
import { writeDisplayPasswords } from "../rfb/view-only.ts";

/** File descriptor on which the X server writes its display number when it accepts clients. */
export const DISPLAY_FD = 3;

/** The number in a display name: 1 for `:1` and `:1.0`. 1 when there is none. */
export function displayNumber(name: string | undefined): number {
  return Number(DISPLAY_NAME.exec(name ?? "")?.[1] ?? 1);
}

/** Whether a name is one of a display of this machine. */
export function isDisplay(name: string): boolean {
  return DISPLAY_NAME.test(name);
}

const DISPLAY_NAME = /^:(\d{1,5})(\.\d+)?$/;

/**
 * The wanted display, or the next one without an X server of another container or of the host. Where the network is
 * shared, programs would reach that server, because they try its abstract socket first. A change is logged.
 */
export function freeDisplay(wanted: string | undefined, log: Log, sockets = "/proc/net/unix"): string {
  const number = displayNumber(wanted);
  const taken = readTextIfThere(sockets);
  let free = number;
  while (taken.includes(` @/tmp/.X11-unix/X${free}\n`)) free += 1;
  if (free !== number) {
    const message = `Display :${number} belongs to another X server in this network, so :${free} is used. In docker exec add --env DISPLAY=:${free}, or set DISPLAY=:${free} for the container.`;
    log.warn({ event: "display.taken", wanted: `:${number}`, display: `:${free}`, message });
  }
  return `:${free}`;
}

/** The socket of the X server, and the cookie for its clients. */
export function xServer(environment: NodeJS.ProcessEnv, directories: Directories) {
  const number = displayNumber(environment.DISPLAY);
  return {
    path: `/tmp/.X11-unix/X${number}`,
    readCookie: () => readCookie(xAuthority(directories), number),
  };
}

/** Path of the socket on which the display server speaks RFB. */
export function rfbSocket(directories: Directories): string {
  return `${directories.runtime}/rfb.sock`;
}

/** File with the display server's passwords; the second one is view-only. */
export function rfbPasswords(directories: Directories): string {
  return `${directories.runtime}/rfb.passwords`;
}

/** The command of the display server. It has no TCP port and needs no password: only the gateway can reach its socket. */
export function displayCommand(
  config: RuntimeConfig,
  environment: NodeJS.ProcessEnv,
  directories: Directories,
  log: Log,
): string[] {
  return [
    "Xtigervnc",
    `:${displayNumber(environment.DISPLAY)}`,
    ...["-rfbunixpath", rfbSocket(directories), "-rfbunixmode", "0600", "-rfbport", "-1"],
    ...["-SecurityTypes", "None,VncAuth", "-PasswordFile", rfbPasswords(directories)],
    // The gateway has checked the passwords. To the display server all clients are one host, which it would lock out
    // when six connect at once.
    ...["-AlwaysShared", "-AcceptSetDesktopSize", "-UseBlacklist=0"],
    ...clipboardOptions(clipboardPolicy(environment, log)),
    ...["-geometry", resolution(config, environment, log)],
    ...["-depth", "24", "-FrameRate", frameRate(config, environment, log)],
    ...(renderNode(environment) ? ["-rendernode", renderNode(environment)] : []),
    ...["-auth", xAuthority(directories), ...PRIVATE],
    // Do not reset when the last client exits, and do not blank the screen.
    ...["-noreset", "-s", "0"],
    ...["-desktop", config.title, "-displayfd", `${DISPLAY_FD}`],
  ];
}

/**
 * The X server listens on a socket in /tmp alone. Containers that share a network have one namespace of abstract sockets,
 * in which two displays of the same number would collide; Xlib and XCB fall back to the file.
 */
export const PRIVATE = ["-nolisten", "tcp", "-nolisten", "local"] as const;

/**
 * Our page's clipboard goes through the gateway; text over RFB is for other VNC clients, and here the display server
 * enforces the policy. Programs of the desktop cannot change that.
 */
function clipboardOptions({ up, down, limit }: ClipboardPolicy): string[] {
  const text = Math.min(limit, LONGEST_TEXT);
  return [
    ...[`-AcceptCutText=${Number(up)}`, `-SendCutText=${Number(down)}`, `-MaxCutText=${text}`],
    "-AllowOverride=desktop",
  ];
}

/** Most bytes of a text over RFB: the gateway accepts no longer message, and every connection keeps the text. */
const LONGEST_TEXT = 2 * 1024 ** 2;

/** Size of the screen: VNC_RESOLUTION, or the workspace's. An invalid size is logged and the workspace's used. */
export function resolution({ display }: RuntimeConfig, environment: NodeJS.ProcessEnv, log: Log): string {
  return setting(environment, "VNC_RESOLUTION", isResolution, display.resolution, log);
}

/** The device by which programs draw, of Kasm's variables the first that is set; "" for the first usable one. */
export function renderNode({ DRINODE, KASM_RENDERD }: NodeJS.ProcessEnv): string {
  return DRINODE || KASM_RENDERD || "";
}

/** Most frames a second: MAX_FRAME_RATE, or the workspace's. An invalid rate is logged and the workspace's used. */
export function frameRate({ display }: RuntimeConfig, environment: NodeJS.ProcessEnv, log: Log): string {
  return setting(environment, "MAX_FRAME_RATE", isFrameRate, `${display.frameRate}`, log);
}

/** Prepares the start of TigerVNC: removes its old socket, writes new passwords, and prepares the X server. */
export function prepareDisplay(number: number, directories: Directories): void {
  rmSync(rfbSocket(directories), { force: true });
  writeDisplayPasswords(rfbPasswords(directories));
  // Last, because it writes to the home, which may be full.
  prepareXServer(number, directories);
}

/**
 * Prepares the start of an X server: removes what a dead one left in /tmp, and writes a new cookie to the server's file and
 * to the home's, where programs started by `docker exec` look.
 */
export function prepareXServer(number: number, directories: Directories): void {
  removeStaleLock(number);
  writeXauthority([xAuthority(directories), `${directories.home}/.Xauthority`], number);
}

/** File with the display server's X cookie. */
export function xAuthority(directories: Directories): string {
  return `${directories.runtime}/Xauthority`;
}

/** Removes an X display's lock and socket unless the process in the lock is a living X server. */
function removeStaleLock(number: number): void {
  const lock = `/tmp/.X${number}-lock`;
  const pid = Number.parseInt(readTextIfThere(lock), 10);
  // After `docker restart` the old pid often belongs to another process, so it must be a living X server.
  if (pid > 0 && readTextIfThere(`/proc/${pid}/comm`).startsWith("X")) return;
  rmSync(lock, { force: true });
  rmSync(`/tmp/.X11-unix/X${number}`, { force: true });
}

function setting(
  environment: NodeJS.ProcessEnv,
  name: string,
  isValid: (value: string) => boolean,
  fallback: string,
  log: Log,
): string {
  const value = environment[name];
  if (value === undefined || value === "") return fallback;
  if (isValid(value)) return value;
  log.warn({
    event: "setting.invalid",
    name,
    value,
    message: `${name} is not valid; ${fallback} is used instead.`,
  });
  return fallback;
}

/** Whether a text is a size of a screen such as 1920x1080, from 64x64 to 16384x16384. */
export function isResolution(value: string): boolean {
  const [, width, height] = (/^(\d+)x(\d+)$/.exec(value) ?? []).map(Number);
  return isWithin(width, 64, 16384) && isWithin(height, 64, 16384);
}

/** Whether a text is a whole number from 1 to 120. */
export function isFrameRate(value: string): boolean {
  return /^\d+$/.test(value) && isWithin(Number(value), 1, 120);
}

function isWithin(value: number | undefined, low: number, high: number): boolean {
  return value !== undefined && value >= low && value <= high;
}
