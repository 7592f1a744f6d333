import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as tlsConnect } from "node:tls";
import { WebSocket } from "ws";
import { writeAtomic } from "../../../src/files/write-atomic.ts";
import { loadAssets } from "../../../src/runtime/gateway/assets.ts";
import { Authenticator } from "../../../src/runtime/gateway/auth.ts";
import { basePath } from "../../../src/runtime/gateway/base-path.ts";
import { OWN_CERTIFICATE } from "../../../src/runtime/gateway/certificate.ts";
import { trustedProxies } from "../../../src/runtime/gateway/client-address.ts";
import { openIdentity } from "../../../src/runtime/gateway/live-identity.ts";
import { wantsPlainHttp } from "../../../src/runtime/gateway/plain-http.ts";
import { createIdentity } from "../../../src/runtime/gateway/self-signed.ts";
import { type Gateway, startGateway } from "../../../src/runtime/gateway/server.ts";
import { createThrottle } from "../../../src/runtime/gateway/throttle.ts";
import type { Users } from "../../../src/runtime/gateway/users.ts";
import type { Visitors } from "../../../src/runtime/gateway/visitors.ts";
import { createWebsockify } from "../../../src/runtime/gateway/websockify.ts";
import type { Log } from "../../../src/runtime/log/log.ts";
import type { SideService } from "../../../src/runtime/side/service.ts";
import { readPicture } from "../../../src/runtime/sign-in/picture.ts";
import type { Report, Reporter } from "../../../src/runtime/supervisor/report.ts";
import { eventually } from "../../helpers/eventually.ts";
import { memoryLog } from "../memory-log.ts";

export const OWNER = `Basic ${Buffer.from("kasm_user:secret").toString("base64")}`;
export const VIEWER = `Basic ${Buffer.from("kasm_viewer:look").toString("base64")}`;

const ICON = join(import.meta.dirname, "../../../workspaces/desktop/icon.svg");

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

type Services =
  | readonly SideService[]
  | ((visitors: Visitors, log: Log, users: Users, authenticator: Authenticator) => readonly SideService[]);

/** A real gateway on a free port, with a folder of its own as home and client, and an echoing display server. */
export async function openHarness(
  environment: NodeJS.ProcessEnv = {},
  services: Services = [],
  patience?: number,
): Promise<Harness> {
  const harness = new Harness();
  harness.patience = patience;
  harness.environment = environment;
  harness.services = services;
  await harness.listen(30_000);
  return harness;
}

export class Harness {
  readonly folder = mkdtempSync(join(tmpdir(), "kasmix-gateway-"));
  readonly displayPath = join(this.folder, "rfb.sock");
  readonly memory = memoryLog();
  readonly log = this.memory.log;
  report: Report = { phase: "running", ready: false, uptime: 1.5, services: {} };
  /** The options of each requested report. */
  readonly asked: Parameters<Reporter>[0][] = [];
  /** The gateway's environment. */
  environment: NodeJS.ProcessEnv = {};
  services: Services = [];
  /** How long the gateway waits for clients, in milliseconds. */
  patience: number | undefined;
  port = 0;
  gateway: Gateway = { port: () => undefined, sidePort: () => undefined, close() {} };
  /** What the display server does with a connection. */
  onDisplay: (socket: Socket) => void = (socket) => socket.on("error", () => {}).pipe(socket);
  display: Server = createServer((socket) => this.onDisplay(socket)).listen(this.displayPath);

  constructor() {
    writeFileSync(join(this.folder, "index.html"), `<!doctype html>${"<p>desktop</p>".repeat(200)}`);
    writeFileSync(join(this.folder, "main-0A1B2C3D.js"), "export {};");
    copyFileSync(ICON, join(this.folder, "icon"));
  }

  async listen(keepAlive: number): Promise<void> {
    const { folder, log, displayPath } = this;
    const bounds = { patience: 200, limit: 3, reserve: 1, keepAlive };
    const proxies = trustedProxies(this.environment, log);
    const websockify = createWebsockify({ target: displayPath, proxies, log, ...bounds });
    // A stopped clock: pauses after wrong passwords do not end, however long the next request takes.
    const throttle = createThrottle({ now: () => 0 });
    const authenticator = new Authenticator({ owner: "secret", viewer: "look" }, { throttle });
    writeAtomic(join(folder, OWN_CERTIFICATE), await sharedCertificate(), 0o600);
    const identity = openIdentity(this.environment, folder, log);
    // With little patience a connection cannot wait for the certificate.
    if (this.patience !== undefined) await identity.first;
    const { services } = this;
    this.gateway = startGateway({
      port: 0,
      identity,
      authenticator,
      websockify,
      services:
        typeof services === "function"
          ? services(websockify.visitors, log, authenticator.users, authenticator)
          : services,
      assets: loadAssets(folder),
      frameAncestors: "'self'",
      workspace: "test",
      title: "Test",
      picture: readPicture(folder),
      report: (options) => {
        this.asked.push(options);
        return this.report;
      },
      allowedOrigins: ["https://kasm.example"],
      base: basePath(this.environment, log),
      plainHttp: wantsPlainHttp(this.environment, log),
      proxies,
      log,
      ...(this.patience === undefined ? {} : { patience: this.patience }),
    });
    this.port = await eventually(() => numbered(this.gateway.port()));
  }

  /** The number of a side service's port. */
  sidePort(name: string): Promise<number> {
    return eventually(() => numbered(this.gateway.sidePort(name)));
  }

  close(): void {
    this.gateway.close();
    this.display.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  events(event: string) {
    return this.memory.events(event);
  }

  fetch(
    path: string,
    headers: Record<string, string> = { authorization: OWNER },
    method = "GET",
    port = this.port,
    body = "",
  ): Promise<Answer> {
    const options = {
      host: "127.0.0.1",
      port,
      path,
      headers,
      method,
      rejectUnauthorized: false,
      agent: false,
    } as const;
    return new Promise<Answer>((resolve, reject) => {
      request(options, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) });
      })
        .on("error", reject)
        .end(body);
    });
  }

  /** The cookie of a session that begins with a password, as `name=value`. */
  async session(authorization = OWNER): Promise<string> {
    const { headers } = await this.fetch("/", { authorization, accept: "text/html" });
    return headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
  }

  /** Sends bytes over TLS and returns everything that comes back until the connection closes. */
  raw(bytes: string): Promise<string> {
    return new Promise((resolve) => {
      const socket = tlsConnect({ port: this.port, rejectUnauthorized: false }, () =>
        socket.write(bytes, "latin1"),
      );
      let answer = "";
      socket.on("data", (chunk) => {
        answer += chunk;
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve(answer));
    });
  }

  open(
    headers: Record<string, string> = { authorization: OWNER },
    path = "/websockify",
    port = this.port,
  ): WebSocket {
    return new WebSocket(`wss://127.0.0.1:${port}${path}`, "binary", {
      headers,
      rejectUnauthorized: false,
    });
  }
}

let certificate: Promise<string> | undefined;

/** One generated certificate with its key for all gateways of a test file: openssl takes longer than most tests. */
function sharedCertificate(): Promise<string> {
  // It is only logged that this path cannot be written.
  certificate ??= createIdentity("/dev/null/none", memoryLog().log).then(({ cert, key }) => cert + key);
  return certificate;
}

function numbered(port: number | undefined): number {
  if (port === undefined) throw new Error("not listening");
  return port;
}

/** Status of a refused handshake. */
export function refused(client: WebSocket): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    client.on("unexpected-response", (clientRequest, response) => {
      resolve(response.statusCode);
      clientRequest.destroy();
    });
    client.on("open", () => reject(new Error("the WebSocket was accepted")));
    client.on("error", () => {});
  });
}

/** Code with which a WebSocket is closed. */
export async function closed(client: WebSocket): Promise<number> {
  const [code] = (await once(client, "close")) as [number];
  return code;
}
