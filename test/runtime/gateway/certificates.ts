import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";

/** A new certificate that expires in `days` (0: it has expired), with its key and its serial number. */
export function makeCertificate(
  days = 90,
  extensions: readonly string[] = [],
): { cert: string; key: string; serial: string } {
  const folder = mkdtempSync(join(tmpdir(), "kasmix-certificate-"));
  try {
    const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
    const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "key"];
    openssl("req", "-new", ...newKey, "-subj", "/CN=test", "-out", "request");
    const validity = ["-days", String(days)];
    writeFileSync(`${folder}/extensions`, extensions.join("\n"));
    const details = [...validity, "-extfile", "extensions", "-out", "cert"];
    openssl("x509", "-req", "-in", "request", "-signkey", "key", ...details);
    const cert = readFileSync(`${folder}/cert`, "utf8");
    const { serialNumber: serial } = new X509Certificate(cert);
    return { cert, key: readFileSync(`${folder}/key`, "utf8"), serial };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The serial number of the certificate that a new connection to the port is shown. */
export function shownSerial(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.on("error", reject);
  });
}
