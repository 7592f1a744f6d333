import { join } from "node:path";
import { readTextIfThere } from "../../files/read-text-if-there.ts";
import { writeAtomic } from "../../files/write-atomic.ts";
import { keptSecret } from "../boot/kept-secret.ts";
import type { Secrets } from "../boot/secrets.ts";
import { attempt } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";
import { type Passwords, USERS } from "./auth.ts";
import { type Digest, digestOf, parseDigest, renderDigest } from "./digest.ts";

/** File of the generated password, below the home. */
const PASSWORD_FILE = ".config/kasmix/password";

/**
 * The passwords from VNC_PW and VNC_VIEW_ONLY_PW. Without VNC_PW one is generated and kept in the home: as text until the
 * owner signs in with it, when nobody else can have been on the desktop yet, and as a digest from then on.
 */
export function resolvePasswords(secrets: Secrets, home: string, log: Log): Passwords {
  if (secrets.VNC_PW) return withViewer(secrets.VNC_PW, secrets, log);
  const path = join(home, PASSWORD_FILE);
  const digest = parseDigest(readTextIfThere(path).trim());
  if (digest) return withViewer(digest, secrets, log);
  const owner = keptSecret(placeOf(path), log);
  // The same one over restarts, from the first use on: sessions depend on it.
  const first = digestOf(USERS.owner, owner);
  const onFirstUse = () => attempt(log, CLEAR, () => keepDigest(path, first, log));
  return { ...withViewer(owner, secrets, log), owner: first, onFirstUse };
}

const CLEAR = {
  event: "password.clear",
  advice: "Programs on the desktop can read the generated password. Set VNC_PW, or make the home writable.",
};

function placeOf(path: string) {
  return { name: "password", variable: "VNC_PW", path };
}

function keepDigest(path: string, digest: Digest, log: Log): void {
  writeAtomic(path, `${renderDigest(digest)}\n`, 0o600);
  const message = `The password was used, so ${path} has only its digest now. For another one delete the file and start again, or set VNC_PW.`;
  log.info({ event: "password.used", message });
}

function withViewer(owner: Passwords["owner"], { VNC_VIEW_ONLY_PW: viewer }: Secrets, log: Log): Passwords {
  if (!viewer) return { owner };
  if (viewer === owner) {
    log.warn({
      event: "password.same",
      message: "VNC_VIEW_ONLY_PW equals VNC_PW, so viewers can take control: set different passwords.",
    });
  }
  return { owner, viewer };
}
