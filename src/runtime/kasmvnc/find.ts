import { accessSync, constants } from "node:fs";
import type { RuntimeDisplay } from "../../model/runtime.ts";
import type { Log } from "../log/log.ts";

/** Where KasmVNC is in this image. */
export interface KasmVncPlace {
  /** Its X server. */
  readonly xvnc: string;
  /** Folder of its web client. */
  readonly www: string;
}

/** Where an image has KasmVNC; KASMIX_KASMVNC names another place. */
const DEFAULT_PLACE = "/opt/kasmix/kasmvnc";

/**
 * KasmVNC, where the image has it: then it is the display server, whatever the workspace asks for. A workspace that
 * asks for it in an image without it is logged, and gets TigerVNC.
 */
export function findKasmVnc(
  environment: NodeJS.ProcessEnv,
  display: RuntimeDisplay,
  log: Log,
): KasmVncPlace | undefined {
  const root = environment.KASMIX_KASMVNC || DEFAULT_PLACE;
  const xvnc = `${root}/bin/Xvnc`;
  if (isProgram(xvnc)) return { xvnc, www: `${root}/share/kasmvnc/www` };
  if (display.server === "kasmvnc") {
    const message = `The workspace asks for KasmVNC, but ${xvnc} is no program: TigerVNC is started. Build the image with \`displayServer = "kasmvnc"\`.`;
    log.error({ event: "kasmvnc.missing", path: xvnc, message });
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
