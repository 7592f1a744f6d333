import { accessSync, constants } from "node:fs";
import type { RuntimeDisplay } from "../../model/runtime.ts";
import type { Log } from "../log/log.ts";

/** The place of KasmVNC in this image. */
export interface KasmVncPlace {
  /** Its X server. */
  readonly xvnc: string;
  /** Folder of its web client. */
  readonly www: string;
}

/** Default place; KASMIX_KASMVNC names another one. */
const DEFAULT_PLACE = "/opt/kasmix/kasmvnc";

/**
 * Finds KasmVNC. An image that has it uses it as the display server, whatever the workspace says. When the workspace wants
 * it and the image does not have it, that is logged, and TigerVNC is used.
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
    const message = `The workspace wants KasmVNC, but ${xvnc} is not a program: TigerVNC is started. Build the image with \`displayServer = "kasmvnc"\`.`;
    log.error({ event: "kasmvnc.missing", path: xvnc, message });
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
