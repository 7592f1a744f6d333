import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { join } from "node:path";
import { keptSecret } from "../boot/kept-secret.ts";
import type { Secrets } from "../boot/secrets.ts";
import type { Log } from "../log/log.ts";

/** File of the generated token, below the home. */
const TOKEN_FILE = ".config/kasmix/launcher-token";

/**
 * URL_LAUNCHER_TOKEN; without it a generated token, kept in the home. It has nothing to do with the owner's password,
 * because the launcher speaks plain HTTP: anyone on the network path reads the token and could try passwords against it.
 */
export function resolveToken({ URL_LAUNCHER_TOKEN }: Secrets, home: string, log: Log): string {
  const place = { name: "launcher.token", variable: "URL_LAUNCHER_TOKEN", path: join(home, TOKEN_FILE) };
  return URL_LAUNCHER_TOKEN || keptSecret(place, log);
}

/**
 * Whether an Authorization header carries the token, compared in constant time. Undefined for a header without a bearer
 * token.
 */
export function createTokenCheck(token: string): (header: string | undefined) => boolean | undefined {
  const secret = randomBytes(32);
  const digest = (bytes: Buffer) => createHmac("sha256", secret).update(bytes).digest();
  const expected = digest(Buffer.from(token));
  return (header) => {
    const given = /^bearer +(.+)$/i.exec(header?.trim() ?? "")?.[1];
    // Node decodes headers as latin1.
    return given === undefined ? undefined : timingSafeEqual(digest(Buffer.from(given, "latin1")), expected);
  };
}
