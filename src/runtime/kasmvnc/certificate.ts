import { writeAtomic } from "../../files/write-atomic.ts";
import type { LiveIdentity } from "../gateway/live-identity.ts";
import type { Identity } from "../gateway/self-signed.ts";
import { attempt } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";

/**
 * Keeps the certificate that the side services have at `path` as well, certificate and key in one file: KasmVNC reads
 * it anew for each connection, and the two must never be of different ages. Resolves when it is there, or when there is
 * none; the log says so.
 */
export async function keepCertificate(identity: LiveIdentity, path: string, log: Log): Promise<void> {
  const keep = ({ cert, key }: Identity) =>
    attempt(log, UNKEPT, () => writeAtomic(path, `${cert.trimEnd()}\n${key}`, 0o600));
  identity.onRenewed(keep);
  try {
    keep(await identity.first);
  } catch (error) {
    const message = `No certificate, so KasmVNC refuses every browser: mount one (KASMIX_TLS_CERT, KASMIX_TLS_KEY). ${String(error)}`;
    log.error({ event: "kasmvnc.certificate", message });
  }
}

const UNKEPT = {
  event: "kasmvnc.certificate",
  advice: "KasmVNC has no certificate, or an old one. /tmp must be writable and have space.",
};
