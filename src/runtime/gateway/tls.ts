import { execFile } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { writeAtomic } from "../files.ts";
import type { Log } from "../log.ts";

/** A certificate with its key, both PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** Where the certificate made at first boot is kept, below the home: certificate and key in one file. */
export const OWN_CERTIFICATE = ".vnc/kasmix.pem";

const DAYS_VALID = 825;

/**
 * The gateway's certificate: the mounted one (KASMIX_TLS_CERT and KASMIX_TLS_KEY, by default
 * /etc/kasmix/tls/tls.crt and tls.key; or ~/.vnc/self.pem), else the one kept in the home, else a new one.
 * One that is broken, expired or without its key is passed over with a log line. Throws only when openssl fails.
 */
export async function loadIdentity(
  environment: NodeJS.ProcessEnv,
  home: string,
  log: Log,
): Promise<Identity> {
  const own = join(home, OWN_CERTIFICATE);
  const self = join(home, ".vnc/self.pem");
  const mounted = environment.KASMIX_TLS_CERT || "/etc/kasmix/tls/tls.crt";
  const key = environment.KASMIX_TLS_KEY || (environment.KASMIX_TLS_CERT ?? "/etc/kasmix/tls/tls.key");
  for (const [certPath, keyPath] of [
    [mounted, key],
    [self, self],
    [own, own],
  ] as const) {
    const identity = readIdentity(certPath, keyPath, log);
    if (identity) return identity;
  }
  return createIdentity(own, log);
}

function readIdentity(certPath: string, keyPath: string, log: Log): Identity | undefined {
  try {
    const cert = readFileSync(certPath, "utf8");
    const key = readFileSync(keyPath, "utf8");
    const fault = faultOf(cert, key);
    if (fault === undefined) return { cert, key };
    log.warn({ event: "certificate.unusable", path: certPath, message: fault });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    log.warn({ event: "certificate.unusable", path: certPath, message: String(error) });
  }
  return undefined;
}

function faultOf(cert: string, key: string): string | undefined {
  const parsed = new X509Certificate(cert);
  if (!parsed.checkPrivateKey(createPrivateKey(key))) return "the key does not belong to the certificate";
  return Date.parse(parsed.validTo) < Date.now() ? `the certificate expired on ${parsed.validTo}` : undefined;
}

/** Makes a self-signed EC P-256 certificate; the key passes through a private directory, never through argv. */
async function createIdentity(path: string, log: Log): Promise<Identity> {
  const draft = mkdtempSync("/tmp/kasmix-tls-");
  try {
    await promisify(execFile)("openssl", opensslArguments(draft), { timeout: 30_000 });
    const cert = readFileSync(`${draft}/cert.pem`, "utf8");
    const key = readFileSync(`${draft}/key.pem`, "utf8");
    keep(path, cert + key, log);
    return { cert, key };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function opensslArguments(draft: string): string[] {
  const host = hostname()
    .replace(/[^A-Za-z0-9.-]/g, "-")
    .slice(0, 63);
  return [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-sha256"],
    ...["-days", String(DAYS_VALID), "-subj", "/CN=Kasmix"],
    ...["-addext", `subjectAltName=DNS:localhost,DNS:${host},IP:127.0.0.1,IP:::1`],
    ...["-addext", "extendedKeyUsage=serverAuth"],
    ...["-keyout", `${draft}/key.pem`, "-out", `${draft}/cert.pem`],
  ];
}

function keep(path: string, pem: string, log: Log): void {
  try {
    writeAtomic(path, pem, 0o600);
    log.info({ event: "certificate.created", path, days: DAYS_VALID });
  } catch (error) {
    log.warn({
      event: "certificate.unkept",
      path,
      message: `It will be another one after a restart: ${String(error)}`,
    });
  }
}
