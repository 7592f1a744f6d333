import { writeAtomic } from "../../files/write-atomic.ts";
import type { LiveIdentity } from "../gateway/live-identity.ts";
import type { Identity } from "../gateway/self-signed.ts";
import { attempt } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";

/**
 * Keeps a copy of the side services' certificate at `path`, with the key in the same file: KasmVNC reads it for each
 * connection, and the two must always match. Resolves when it is written, or when there is none, which is logged.
 */
export async function keepCertificate(identity: LiveIdentity, path: string, log: Log): Promise<void> {
  const keep = ({ cert, key }: Identity) =>
    attempt(log, UNKEPT, () => writeAtomic(path, `${cert.trimEnd()}\n${key}`, 0o600));
  identity.onRenewed(keep);
  try {
    keep(await identity.first);
  } catch (error) {
    const message = `KasmVNC has no certificate and refuses every browser: mount one (KASMIX_TLS_CERT, KASMIX_TLS_KEY). ${String(error)}`;
    log.error({ event: "kasmvnc.certificate", message });
  }
}

const UNKEPT = {
  event: "kasmvnc.certificate",
  advice: "KasmVNC has no certificate, or an old one. Make /tmp writable and free space.",
};
