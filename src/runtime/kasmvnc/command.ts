import { kasmVncFlags, mergeKasmVnc, withKasmVncDefaults } from "../../model/kasmvnc.ts";
import type { KasmVnc } from "../../model/kasmvnc-types.ts";
import type { RuntimeConfig } from "../../model/runtime.ts";
import { type ClipboardPolicy, clipboardPolicy } from "../clipboard/policy.ts";
import type { Log } from "../log/log.ts";
import { DISPLAY_FD, displayNumber, frameRate, PRIVATE, resolution } from "../session/display.ts";
import { vncOptions } from "./options.ts";

/** Files for the start of KasmVNC. */
export interface KasmVncFiles {
  /** Its X server. */
  readonly xvnc: string;
  /** Folder that it serves to browsers. */
  readonly www: string;
  /** Certificate and key. */
  readonly certificate: string;
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
  /** The port for browsers. */
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
  const settings = withKasmVncDefaults(withPolicy(config.display.kasmvnc ?? {}, policy));
  // As in Kasmix's gateway, TLS stays available on the same port. `wantsPlainHttp` has logged what it means.
  const plain = environment.KASMIX_TLS === "0" ? { network: { ssl: { require_ssl: false } } } : {};
  return [
    files.xvnc,
    `:${displayNumber(environment.DISPLAY)}`,
    ...kasmVncFlags(mergeKasmVnc(settings, plain), now),
    ...["-MaxCutText", String(policy.limit)],
    ...["-geometry", resolution(config, environment, log)],
    ...["-FrameRate", frameRate(config, environment, log)],
    ...["-websocketPort", String(port), "-httpd", files.www],
    ...["-cert", files.certificate, "-key", files.certificate],
    // Basic auth has already checked the password; asking again inside RFB is for other clients.
    ...["-KasmPasswordFile", files.passwords, "-SecurityTypes", "None"],
    ...["-auth", files.authority, ...PRIVATE],
    // Do not reset when the last client exits, and do not blank the screen.
    ...["-noreset", "-s", "0"],
    ...["-desktop", config.title, "-displayfd", String(DISPLAY_FD)],
    ...vncOptions(environment.VNCOPTIONS, log),
  ];
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
