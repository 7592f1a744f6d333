import { accessSync, constants } from "node:fs";
import type { RuntimeDisplay } from "../../model/runtime.ts";
import type { Log } from "../log/log.ts";

/** The place of KasmVNC in this image. */
export interface KasmVncPlace {
  /** Its X server. */
  readonly xvnc: string;
  /** Folder of its web client, which the gateway serves. */
  readonly www: string;
}

/** Where KasmVNC from source is; KASMIX_KASMVNC names another place, as in images with its release. */
const DEFAULT_PLACE = "/opt/kasmix/kasmvnc";

/** What the X server is called: in KasmVNC's release for Debian, and built from source. */
const PROGRAMS = ["Xkasmvnc", "Xvnc"];

/**
 * Finds KasmVNC. An image that has it uses it as the display server, whatever the workspace says. When image or workspace
 * want it and it is not there, that is logged, and TigerVNC is used.
 */
export function findKasmVnc(
  environment: NodeJS.ProcessEnv,
  display: RuntimeDisplay,
  log: Log,
): KasmVncPlace | undefined {
  const root = environment.KASMIX_KASMVNC || DEFAULT_PLACE;
  const xvnc = PROGRAMS.map((name) => `${root}/bin/${name}`).find(isProgram);
  if (xvnc) return { xvnc, www: `${root}/share/kasmvnc/www` };
  if (environment.KASMIX_KASMVNC || display.server === "kasmvnc") {
    const message = `KasmVNC is wanted, but ${root}/bin has neither ${PROGRAMS.join(" nor ")}: TigerVNC is started. Build the image with KasmVNC: without --without-vendor, or from source (docs/build/kasmvnc.md).`;
    log.error({ event: "kasmvnc.missing", path: root, message });
  }
  if (environment.VNCOPTIONS) {
    const message = "VNCOPTIONS has no effect: the display server of this image is TigerVNC.";
    log.info({ event: "setting.unused", name: "VNCOPTIONS", message });
  }
  return undefined;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
