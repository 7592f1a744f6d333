import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import type { Log } from "../log/log.ts";
import { createIdentity, type Identity } from "./own-certificate.ts";

/** Where a certificate and its key are looked for. */
export interface Place {
  readonly cert: string;
  readonly key: string;
  /** Somebody named these paths, so that nothing there is a fault. */
  readonly named: boolean;
}

/** Where the certificate made at first boot is kept, below the home: certificate and key in one file. */
export const OWN_CERTIFICATE = ".vnc/kasmix.pem";

const RENEW_DAYS = 30;
const DAY = 24 * 3600 * 1000;

/**
 * The gateway's certificate: the first usable one of `givenPlaces`, else the one kept in the home, else a new one.
 * One that is broken, expired or without its key is passed over with a log line; the home's is also made anew
 * when it expires within 30 days. Throws only when openssl fails.
 */
export async function loadIdentity(
  environment: NodeJS.ProcessEnv,
  home: string,
  log: Log,
): Promise<Identity> {
  for (const place of givenPlaces(environment, home)) {
    const found = inspect(place);
    if (found && "identity" in found) return found.identity;
    if (found)
      log.warn({
        event: "certificate.unusable",
        path: place.cert,
        message: `${found.fault} Until then another certificate is used.`,
      });
  }
  return ownIdentity(join(home, OWN_CERTIFICATE), log);
}

/**
 * Where a certificate of the user's may be, the best place first: KASMIX_TLS_CERT and KASMIX_TLS_KEY (a certificate
 * without a key file has its key in the same file), by default /etc/kasmix/tls/tls.crt and tls.key; ~/.vnc/self.pem.
 */
export function givenPlaces(environment: NodeJS.ProcessEnv, home: string): readonly Place[] {
  const { KASMIX_TLS_CERT, KASMIX_TLS_KEY } = environment;
  const cert = KASMIX_TLS_CERT || "/etc/kasmix/tls/tls.crt";
  const key = KASMIX_TLS_KEY || KASMIX_TLS_CERT || "/etc/kasmix/tls/tls.key";
  const self = join(home, ".vnc/self.pem");
  return [
    { cert, key, named: Boolean(KASMIX_TLS_CERT || KASMIX_TLS_KEY) },
    { cert: self, key: self, named: false },
  ];
}

/** What is at a place: something to serve, something that cannot be served (with what to do), or nothing. */
export function inspect(
  place: Place,
): { readonly identity: Identity } | { readonly fault: string } | undefined {
  if (!place.named && isMissing(place.cert)) return undefined;
  try {
    const identity = { cert: readPem(place.cert), key: readPem(place.key) };
    const fault = faultOf(place, identity);
    return fault === undefined ? { identity } : { fault };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

function isMissing(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}

function readPem(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new Error(`${path} is missing: mount the certificate and its key.`);
    if (code === "EACCES")
      throw new Error(`${path} may not be read by uid ${process.getuid?.()}: let it or its group read it.`);
    throw new Error(`${path} cannot be read (${code}): mount a file in PEM there.`);
  }
}

function faultOf({ cert: certPath, key: keyPath }: Place, { cert, key }: Identity): string | undefined {
  const parsed = parse(() => new X509Certificate(cert), `${certPath} is no certificate in PEM`);
  const secret = parse(() => createPrivateKey(key), `${keyPath} is no key in PEM without a passphrase`);
  if (!parsed.checkPrivateKey(secret))
    return `The key in ${keyPath} does not belong to the first certificate in ${certPath}: replace both, the server's own certificate first.`;
  if (daysLeft(cert) < 0) return `The certificate in ${certPath} expired on ${parsed.validTo}: renew it.`;
  // The rest of the chain, and keys that OpenSSL finds too weak.
  parse(() => createSecureContext({ cert, key }), `${certPath} cannot be served`);
  return undefined;
}

function parse<T>(effect: () => T, fault: string): T {
  try {
    return effect();
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`${fault} (${message}): replace it.`);
  }
}

function daysLeft(cert: string): number {
  return (Date.parse(new X509Certificate(cert).validTo) - Date.now()) / DAY;
}

async function ownIdentity(path: string, log: Log): Promise<Identity> {
  const found = inspect({ cert: path, key: path, named: false });
  const kept = found && "identity" in found ? found.identity : undefined;
  if (kept && daysLeft(kept.cert) > RENEW_DAYS) return kept;
  if (found) {
    const message =
      "fault" in found ? found.fault : `It expires in ${Math.floor(daysLeft(found.identity.cert))} days.`;
    log.warn({ event: "certificate.replaced", path, message: `${message} A new one is made.` });
  }
  try {
    return await createIdentity(path, log);
  } catch (error) {
    // Some days of a certificate are better than none.
    if (kept) return kept;
    throw error;
  }
}
