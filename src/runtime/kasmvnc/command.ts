import { existsSync } from "node:fs";
import { kasmVncFlags, mergeKasmVnc, withKasmVncDefaults } from "../../model/kasmvnc.ts";
import type { KasmVnc } from "../../model/kasmvnc-types.ts";
import type { RuntimeConfig } from "../../model/runtime.ts";
import { type ClipboardPolicy, clipboardPolicy } from "../clipboard/policy.ts";
import type { Log } from "../log/log.ts";
import { DISPLAY_FD, displayNumber, frameRate, PRIVATE, renderNode, resolution } from "../session/display.ts";
import { vncOptions } from "./options.ts";

/** Files for the start of KasmVNC. */
export interface KasmVncFiles {
  /** Its X server. */
  readonly xvnc: string;
  /** Folder of its web client, which the gateway serves. */
  readonly www: string;
  readonly passwords: string;
  /** The X cookie. */
  readonly authority: string;
}

/** Everything that the command is made from. */
export interface KasmVncSubject {
  readonly config: RuntimeConfig;
  /** The container's environment: the settings. */
  readonly environment: NodeJS.ProcessEnv;
  readonly files: KasmVncFiles;
  /** Its port on the loopback device. */
  readonly port: number;
  readonly log: Log;
  /** @default now */
  readonly now?: Date;
}

/**
 * The command of KasmVNC's display server: the workspace's settings, overridden by the environment, the options that the
 * container depends on, and VNCOPTIONS last, because the last of two equal options counts.
 */
export function kasmVncCommand(subject: KasmVncSubject): string[] {
  const { config, environment, files, port, log, now = new Date() } = subject;
  const policy = clipboardPolicy(environment, log);
  const wanted = mergeKasmVnc(config.display.kasmvnc ?? {}, gpuOf(environment));
  const settings = withKasmVncDefaults(withPolicy(wanted, policy));
  return [
    files.xvnc,
    `:${displayNumber(environment.DISPLAY)}`,
    ...kasmVncFlags(withoutMissing(settings, files, log), now),
    ...["-geometry", resolution(config, environment, log)],
    ...["-FrameRate", frameRate(config, environment, log)],
    ...NETWORK,
    ...["-websocketPort", String(port), "-httpd", files.www],
    // Basic auth has already checked the password; asking again inside RFB is for other clients.
    ...["-KasmPasswordFile", files.passwords, "-SecurityTypes", "None"],
    ...["-auth", files.authority, ...PRIVATE],
    // Do not reset when the last client exits, and do not blank the screen. Keys of other layouts need free keycodes.
    ...["-noreset", "-s", "0", "-FreeKeyMappings=1"],
    ...["-desktop", config.title, "-displayfd", String(DISPLAY_FD)],
    ...vncOptions(environment.VNCOPTIONS, log),
  ];
}

/**
 * Only the gateway reaches it: on the loopback device, without TLS, and without a lock on guessing, since to KasmVNC all
 * visitors are one host. Without an address for UDP it would ask servers on the internet for one, and end without them.
 */
const NETWORK = [
  ...["-interface", "127.0.0.1", "-UseIPv6=0", "-sslOnly=0"],
  ...["-BlacklistThreshold", "0", "-PublicIP", "127.0.0.1"],
];

/** HW3D, and the card that Kasm's variables name. */
function gpuOf(environment: NodeJS.ProcessEnv): KasmVnc {
  const node = renderNode(environment);
  const gpu = { ...(environment.HW3D === "1" && { hw3d: true }), ...(node && { drinode: node }) };
  return { desktop: { gpu } };
}

/** Without what KasmVNC would end with: a graphics card or a watermark that do not exist, a setting it does not know. */
function withoutMissing(settings: KasmVnc, { xvnc }: KasmVncFiles, log: Log): KasmVnc {
  const { desktop, pointer, data_loss_prevention: loss } = settings;
  const leaveOut = (path: string, setting: string, reason: string) => {
    const message = `display.kasmvnc.${setting} is left out, because ${path} ${reason}. Remove the setting, or mend that.`;
    log.error({ event: "kasmvnc.left-out", path, message });
    return true;
  };
  const isGone = (path: string, setting: string) =>
    !existsSync(path) && leaveOut(path, setting, "does not exist");
  const { hw3d, drinode = "/dev/dri/renderD128" } = desktop?.gpu ?? {};
  const image = loss?.watermark?.image;
  const knowsGames = xvnc.endsWith("/Xkasmvnc");
  return {
    ...settings,
    ...(hw3d && isGone(drinode, "desktop.gpu") ? { desktop: { ...desktop, gpu: {} } } : {}),
    ...(pointer?.game_mode !== undefined &&
    !knowsGames &&
    leaveOut(xvnc, "pointer.game_mode", "does not know it")
      ? { pointer: { ...pointer, game_mode: undefined } }
      : {}),
    ...(image !== undefined && isGone(image, "data_loss_prevention.watermark.image")
      ? { data_loss_prevention: { ...loss, watermark: {} } }
      : {}),
  } as KasmVnc;
}

/** The environment may restrict the clipboard further, but never allows what the workspace forbids. */
function withPolicy(settings: KasmVnc, { up, down, limit }: ClipboardPolicy): KasmVnc {
  const { server_to_client: toClient, client_to_server: toServer } =
    settings.data_loss_prevention?.clipboard ?? {};
  const clipboard = {
    server_to_client: { enabled: down && toClient?.enabled !== false, size: least(toClient?.size, limit) },
    client_to_server: { enabled: up && toServer?.enabled !== false, size: least(toServer?.size, limit) },
  };
  return mergeKasmVnc(settings, { data_loss_prevention: { clipboard } });
}

function least(size: number | undefined, limit: number): number {
  return Math.min(size ?? limit, limit);
}
