import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createIdentity } from "../../src/runtime/gateway/self-signed.ts";
import { eventually } from "../helpers/eventually.ts";
import { freePort } from "../helpers/free-port.ts";
import { memoryLog } from "../runtime/memory-log.ts";

const PAGE = join(import.meta.dirname, "../../docs/operate/reverse-proxy.md");
const [NGINX, CADDY] = ["/usr/sbin/nginx", "/usr/bin/caddy"];

/** Programs that these tests need and this machine lacks. */
export const missingProxies = [NGINX, CADDY].filter((program) => !existsSync(program));

/** The examples of the documentation in a language, in their order. */
export function examples(language: "nginx" | "caddyfile"): string[] {
  const text = readFileSync(PAGE, "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, "gm"))].map(
    ([, code = ""]) => code,
  );
}

/** A text with a part replaced that must be in it, so that no edit of an example goes by unnoticed. */
export function replaced(text: string, part: string | RegExp, by: string): string {
  const result = text.replace(part, by);
  if (result === text) throw new Error(`${part} is not in the example:\n${text}`);
  return result;
}

/** The whole example for nginx with another location. */
export function nginxWith(location: string): string {
  const [whole = ""] = examples("nginx");
  return replaced(whole, /^ {2}location [\s\S]*?^ {2}\}$/m, location);
}

/** Sites of a proxy, each by the port that it serves https://desk.example at. */
export interface RunningProxy {
  readonly ports: readonly number[];
  stop(): Promise<void>;
}

/** Runs Debian's nginx with sites in the form of the documentation's, until it is stopped. */
export async function startNginx(sites: readonly string[]): Promise<RunningProxy> {
  return start(sites, async (folder, files) => {
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (name) => `${name}_temp_path ${folder}/${name};`,
    );
    const [map = ""] = sites[0]?.split("server {") ?? [];
    const servers = sites.map((site, index) => {
      const listening = replaced(site, "listen 443 ssl", `listen 127.0.0.1:${files.ports[index]} ssl`);
      const certified = replaced(listening, /(ssl_certificate +).*;/, `$1${files.cert};`);
      return replaced(replaced(certified, /(ssl_certificate_key +).*;/, `$1${files.key};`), map, "");
    });
    const config = [
      "master_process off; daemon off; error_log stderr;",
      `pid ${folder}/pid; events {}`,
      `http { access_log off; ${temporary.join(" ")} ${map} ${servers.join("\n")} }`,
    ];
    const file = join(folder, "nginx.conf");
    await writeFile(file, config.join("\n"));
    return [NGINX, ["-e", "stderr", "-p", folder, "-c", file]];
  });
}

/** Runs Debian's Caddy with sites in the form of the documentation's, until it is stopped. */
export async function startCaddy(sites: readonly string[]): Promise<RunningProxy> {
  return start(sites, async (folder, files) => {
    const bound = sites.map((site, index) =>
      replaced(
        site,
        "desk.example {",
        `https://desk.example:${files.ports[index]} {\n\tbind 127.0.0.1\n\ttls ${files.cert} ${files.key}`,
      ),
    );
    const file = join(folder, "Caddyfile");
    await writeFile(file, ["{\n\tadmin off\n\tauto_https off\n}", ...bound].join("\n"));
    return [CADDY, ["run", "--adapter", "caddyfile", "--config", file]];
  });
}

interface Files {
  readonly ports: readonly number[];
  readonly cert: string;
  readonly key: string;
}

async function start(
  sites: readonly string[],
  configure: (folder: string, files: Files) => Promise<[program: string, args: readonly string[]]>,
): Promise<RunningProxy> {
  const folder = await mkdtemp(join(tmpdir(), "kasmix-proxy-"));
  const ports = await Promise.all(sites.map(freePort));
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const identity = await createIdentity(join(folder, "own.pem"), memoryLog().log);
  await Promise.all([writeFile(cert, identity.cert), writeFile(key, identity.key)]);
  const [program, args] = await configure(folder, { ports, cert, key });
  const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const child = spawn(program, args, { env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const stop = async () => {
    const exited = child.exitCode !== null || child.signalCode !== null || once(child, "exit");
    child.kill("SIGKILL");
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    for (const port of ports) {
      await eventually(() => {
        if (child.exitCode !== null) throw new Error(said);
        return listens(port);
      });
    }
  } catch (error) {
    await stop();
    throw new Error(`${program} does not start:\n${said}`, { cause: error });
  }
  return { ports, stop };
}

async function listens(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
  } finally {
    socket.destroy();
  }
}
