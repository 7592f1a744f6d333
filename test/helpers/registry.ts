import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./eventually.ts";
import { freePort } from "./free-port.ts";

/** Debian's docker-registry on this machine, without TLS. */
export interface OwnRegistry {
  /** With its port. */
  readonly host: string;
  /** Its folder. */
  readonly folder: string;
  /** Its log, with a line for each request. */
  log(): string;
  stop(): Promise<void>;
}

/** Starts a registry; with an htpasswd file (bcrypt) only its users may sign in. */
export async function startRegistry({ htpasswd }: { readonly htpasswd?: string } = {}): Promise<OwnRegistry> {
  const folder = await mkdtemp(join(tmpdir(), "kasmix-registry-"));
  const port = await freePort();
  const auth = htpasswd === undefined ? {} : { auth: { htpasswd: { realm: "kasmix", path: htpasswd } } };
  const storage = { filesystem: { rootdirectory: join(folder, "data") } };
  const settings = { version: 0.1, storage, http: { addr: `127.0.0.1:${port}` }, ...auth };
  const file = join(folder, "config.yml");
  // JSON is YAML.
  await writeFile(file, JSON.stringify(settings));
  const child = spawn("docker-registry", ["serve", file], { stdio: ["ignore", "pipe", "pipe"] });
  let written = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (written += chunk));
  const host = `127.0.0.1:${port}`;
  await eventually(async () => {
    const { status } = await fetch(`http://${host}/v2/`);
    if (status !== 200 && status !== 401) throw new Error(`the registry answers ${status}`);
  });
  return {
    host,
    folder,
    log: () => written,
    async stop() {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      await rm(folder, { recursive: true, force: true });
    },
  };
}
