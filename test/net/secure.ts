import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import { join } from "node:path";
import { listen } from "../debian/fixtures.ts";
import { makeProject } from "../helpers/project.ts";

/** A server that speaks TLS on this machine until the test is over, with a certificate for these names. */
export interface SecureServer {
  /** `https://127.0.0.1:port` */
  readonly origin: string;
  /** `localhost:port` */
  readonly host: string;
  /** The certificate, and the file that it is in. */
  readonly ca: Buffer;
  readonly file: string;
}

export async function serveSecurely(
  listener: RequestListener,
  names: readonly string[] = ["localhost"],
): Promise<SecureServer> {
  const folder = makeProject({});
  const [key, file] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"];
  const alternatives = names.map((name) => `DNS:${name}`).join(",");
  const name = ["-subj", "/CN=test", "-addext", `subjectAltName=${alternatives}`];
  execFileSync("openssl", ["req", "-x509", ...kind, ...name, "-keyout", key, "-out", file], {
    stdio: "ignore",
  });
  const ca = readFileSync(file);
  const address = await listen(createServer({ key: readFileSync(key), cert: ca }, listener));
  const { port } = new URL(address);
  return { origin: `https://127.0.0.1:${port}`, host: `localhost:${port}`, ca, file };
}
