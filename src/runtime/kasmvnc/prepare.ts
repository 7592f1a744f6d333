import { existsSync } from "node:fs";
import { createServer } from "node:net";
import type { Directories } from "../boot/directories.ts";
import type { Log } from "../log/log.ts";
import { xAuthority } from "../session/display.ts";
import type { KasmVncFiles } from "./command.ts";
import type { KasmVncPlace } from "./find.ts";
import { type KasmVncLogins, makeLogins } from "./logins.ts";

/** A KasmVNC that is ready to be started. */
export interface PreparedKasmVnc {
  readonly files: KasmVncFiles;
  /** Its port on the loopback device. */
  readonly port: number;
  readonly logins: KasmVncLogins;
}

/**
 * Makes what KasmVNC needs before its first start: logins for the gateway and a port that is free now. A missing web client
 * is logged. Throws when the logins cannot be written.
 */
export async function prepareKasmVnc(
  { xvnc, www }: KasmVncPlace,
  directories: Directories,
  log: Log,
): Promise<PreparedKasmVnc> {
  if (!existsSync(www)) {
    const message = `${www} is missing: browsers get no page. Build the image again.`;
    log.error({ event: "kasmvnc.client", path: www, message });
  }
  const passwords = `${directories.runtime}/kasmpasswd`;
  const logins = makeLogins(passwords);
  const files = { xvnc, www, passwords, authority: xAuthority(directories) };
  return { files, port: await freeLoopbackPort(), logins };
}

/** A port of the loopback device that nothing listens on; containers may share the device, so it cannot be fixed. */
function freeLoopbackPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
