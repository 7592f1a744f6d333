import { join } from "node:path";
import { keptSecret } from "../boot/kept-secret.ts";
import type { Log } from "../log/log.ts";
import type { Passwords } from "./auth.ts";

/** File of the generated password, below the home. */
const PASSWORD_FILE = ".config/kasmix/password";

/** The passwords from VNC_PW and VNC_VIEW_ONLY_PW. Without VNC_PW one is generated and kept in the home. */
export function resolvePasswords(environment: NodeJS.ProcessEnv, home: string, log: Log): Passwords {
  const place = { name: "password", variable: "VNC_PW", path: join(home, PASSWORD_FILE) };
  const owner = environment.VNC_PW || keptSecret(place, log);
  const viewer = environment.VNC_VIEW_ONLY_PW;
  if (viewer !== undefined && viewer !== "" && viewer === owner) {
    log.warn({
      event: "password.same",
      message: "VNC_VIEW_ONLY_PW equals VNC_PW, so viewers can take control: set different passwords.",
    });
  }
  return viewer ? { owner, viewer } : { owner };
}
