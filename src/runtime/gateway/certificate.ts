import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import type { Log } from "../log/log.ts";
import { createIdentity, type Identity } from "./self-signed.ts";

/** Paths of a certificate and its key. */
export interface Place {
  readonly cert: string;
  readonly key: string;
  /** Whether the settings name these paths: then a missing file is a fault. */
  readonly named: boolean;
}

/** File of the generated certificate and its key, below the home. */
export const OWN_CERTIFICATE = ".vnc/kasmix.pem";

const RENEW_DAYS = 30;
const DAY = 24 * 3600 * 1000;

/**
 * The gateway's certificate: the first usable one of `givenPlaces`, else the generated one in the home, else a new one.
 * A certificate that is invalid, expired or without its key is logged and skipped; the generated one is also replaced
 * when it expires within 30 days or is a CA, as earlier versions made it. Throws only when openssl fails.
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
 * Places of the user's own certificate, in order of preference: KASMIX_TLS_CERT and KASMIX_TLS_KEY (without a key file
 * the key is in the certificate's file), by default /etc/kasmix/tls/tls.crt and tls.key; then ~/.vnc/self.pem.
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

/** The certificate at a place, or why it cannot be used and what to do; undefined when there is none. */
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
      throw new Error(
        `uid ${process.getuid?.()} may not read ${path}: give it or its group read permission.`,
      );
    throw new Error(`${path} cannot be read (${code}): mount a PEM file there.`);
  }
}

function faultOf({ cert: certPath, key: keyPath }: Place, { cert, key }: Identity): string | undefined {
  const parsed = parse(() => new X509Certificate(cert), `${certPath} is not a PEM certificate`);
  const secret = parse(() => createPrivateKey(key), `${keyPath} is not a PEM key without a passphrase`);
  if (!parsed.checkPrivateKey(secret))
    return `The key in ${keyPath} does not belong to the first certificate in ${certPath}: replace both, the server's own certificate first.`;
  if (daysLeft(cert) < 0) return `The certificate in ${certPath} expired on ${parsed.validTo}: renew it.`;
  // Also checks the rest of the chain and rejects weak keys.
  parse(() => createSecureContext({ cert, key }), `${certPath} cannot be used for TLS`);
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
  const fault = found && ("fault" in found ? found.fault : obsolescence(found.identity));
  if (kept && fault === undefined) return kept;
  if (fault !== undefined)
    log.warn({ event: "certificate.replaced", path, message: `${fault} A new one is created.` });
  try {
    return await createIdentity(path, log);
  } catch (error) {
    // An old certificate is better than none.
    if (kept) return kept;
    throw error;
  }
}

/** Why a valid certificate that Kasmix made is no longer used; undefined if it still is. */
function obsolescence({ cert }: Identity): string | undefined {
  if (new X509Certificate(cert).ca)
    return "It is a CA, so a browser that trusts it trusts it for every site: remove it from the browsers that do.";
  const days = daysLeft(cert);
  return days > RENEW_DAYS ? undefined : `It expires in ${Math.floor(days)} days.`;
}
