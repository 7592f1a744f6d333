import { execFile } from "node:child_process";
import { hostname } from "node:os";
import { promisify } from "node:util";
import { writeAtomic } from "../../files/write-atomic.ts";
import type { Log } from "../log/log.ts";

/** A certificate with its key, both PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

const DAYS_VALID = 825;

/**
 * Creates a self-signed EC P-256 certificate for 825 days and writes it with its key to `path`; a failed write is only
 * logged. The key comes through a pipe, never through an argument or a temporary file, so a full disk does not matter.
 * Throws when openssl fails.
 */
export async function createIdentity(path: string, log: Log): Promise<Identity> {
  const { stdout } = await promisify(execFile)("openssl", opensslArguments(), { timeout: 30_000 });
  const [cert, key] = [blockOf(stdout, "CERTIFICATE"), blockOf(stdout, "PRIVATE KEY")];
  keep(path, cert + key, log);
  return { cert, key };
}

function opensslArguments(): string[] {
  const host = hostname()
    .replace(/[^A-Za-z0-9.-]/g, "-")
    .slice(0, 63);
  return [
    // Without a configuration file, because Debian's writes the key to a file.
    ...["req", "-x509", "-config", "/dev/null"],
    ...["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-sha256"],
    ...["-days", String(DAYS_VALID), "-subj", "/CN=Kasmix"],
    ...["-addext", `subjectAltName=DNS:localhost,DNS:${host},IP:127.0.0.1,IP:::1`],
    // Not a CA: programs of the desktop can read the key, so whoever trusts this must trust it for this host alone.
    ...["-addext", "basicConstraints=critical,CA:FALSE"],
    ...["-addext", "extendedKeyUsage=serverAuth"],
  ];
}

function blockOf(pem: string, label: string): string {
  const block = new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----\n`).exec(pem)?.[0];
  if (block === undefined) throw new Error(`openssl gave no ${label}`);
  return block;
}

function keep(path: string, pem: string, log: Log): void {
  try {
    writeAtomic(path, pem, 0o600);
    log.info({ event: "certificate.created", path, days: DAYS_VALID });
  } catch (error) {
    log.warn({
      event: "certificate.unkept",
      path,
      message: `The certificate cannot be saved, so it changes at each restart: ${String(error)}`,
    });
  }
}
