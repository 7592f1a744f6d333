import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { openDownloads } from "../../../src/runtime/downloads/open.ts";
import { sidePorts } from "../../../src/runtime/side/ports.ts";
import { openUploads } from "../../../src/runtime/uploads/open.ts";
import { type Harness, OWNER, openHarness } from "../gateway/harness.ts";
import { memoryLog } from "../memory-log.ts";

/** A gateway with both file services and a home of its own. */
export interface World {
  readonly harness: Harness;
  readonly memory: ReturnType<typeof memoryLog>;
  readonly home: string;
  readonly uploads: string;
  /** A folder beside the home, which must not be reachable. */
  readonly outside: string;
  readonly port: number;
  readonly kasmPort: number;
  /** The same home, after a restart of the container. */
  restart(): Promise<World>;
  close(): void;
}

export async function openWorld(environment: NodeJS.ProcessEnv = {}, base?: string): Promise<World> {
  const folder = base ?? mkdtempSync(join(tmpdir(), "kasmix-files-"));
  const [home, outside] = [join(folder, "home"), join(folder, "outside")];
  for (const path of [home, outside]) mkdirSync(path, { recursive: true });
  const memory = memoryLog();
  const known = sidePorts({}, memory.log);
  const ports = { ...known, uploads: { ...known.uploads, number: 0 } };
  const options = { environment, directories: { home, runtime: folder }, ports, log: memory.log };
  const harness = await openHarness({}, [openUploads(options), openDownloads(options)]);
  return {
    ...{ harness, memory, home, outside },
    uploads: join(home, "Uploads"),
    port: harness.port,
    kasmPort: await harness.sidePort("uploads"),
    restart() {
      harness.close();
      return openWorld(environment, folder);
    },
    close() {
      harness.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: string | Buffer | Readable;
  readonly port?: number;
}

export interface Told {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends a request as the owner, over TLS. */
export function ask({ port }: Pick<World, "port">, asked: Asked): Promise<Told> {
  const { method = "GET", path, headers = {}, body } = asked;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        ...{ host: "127.0.0.1", port: asked.port ?? port, method, path, agent: false },
        headers: { authorization: OWNER, ...headers },
        rejectUnauthorized: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    outgoing.on("error", reject);
    if (typeof body === "object" && "pipe" in body) body.pipe(outgoing);
    else outgoing.end(body);
  });
}

const TUS = { "tus-resumable": "1.0.0" };

/** Headers that create an upload. */
export function wish(name: string, length: number, more: Readonly<Record<string, string>> = {}) {
  const pairs = Object.entries({ filename: name, ...more }).map(([key, value]) => {
    return `${key} ${Buffer.from(value).toString("base64")}`;
  });
  return { ...TUS, "upload-length": length, "upload-metadata": pairs.join(",") };
}

/** Creates an upload; returns its address. */
export async function begin(world: World, name: string, length: number): Promise<string> {
  const { status, headers, body } = await ask(world, {
    method: "POST",
    path: "/api/uploads",
    headers: wish(name, length),
  });
  if (status !== 201) throw new Error(`${status} ${body}`);
  return `/api/${headers.location}`;
}

/** Sends bytes to an upload. */
export function append(
  world: World,
  path: string,
  offset: number,
  body: string | Buffer | Readable,
  length?: number,
) {
  const headers = {
    ...TUS,
    "upload-offset": offset,
    "content-type": "application/offset+octet-stream",
    ...(length === undefined ? {} : { "content-length": length }),
  };
  return ask(world, { method: "PATCH", path, headers, body });
}

/** Asks for the offset of an upload. */
export const tell = (world: World, path: string) => ask(world, { method: "HEAD", path, headers: TUS });

export const cancel = (world: World, path: string) => ask(world, { method: "DELETE", path, headers: TUS });

/** Uploads a small file in one request; returns the answer. */
export function upload(
  world: World,
  name: string,
  content: string | Buffer,
  more?: Readonly<Record<string, string>>,
) {
  const headers = wish(name, Buffer.byteLength(content), more);
  return ask(world, { method: "POST", path: "/api/uploads", headers, body: content });
}

export const savedAs = ({ headers }: Told) => decodeURIComponent(String(headers["kasmix-saved-as"]));

/** A multipart form as Dropzone sends it. */
export function form(
  fields: Readonly<Record<string, string | number>>,
  file?: {
    readonly name: string;
    readonly content: string | Buffer;
    readonly first?: boolean;
    readonly field?: string;
  },
) {
  const boundary = `b${randomBytes(8).toString("hex")}`;
  const part = (head: string, content: string | Buffer) =>
    Buffer.concat([
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n`),
      Buffer.from(content),
      Buffer.from("\r\n"),
    ]);
  const parts = Object.entries(fields).map(([name, value]) => part(`name="${name}"`, String(value)));
  if (file) {
    const head = `name="${file.field ?? "file"}"; filename="${file.name}"\r\nContent-Type: application/octet-stream`;
    parts[file.first ? "unshift" : "push"](part(head, file.content));
  }
  return {
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
    body: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

export const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");

/** The paths of everything below a folder; links are not followed. */
export function treeOf(folder: string): string[] {
  const below = readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? [entry.name, ...treeOf(join(folder, entry.name)).map((path) => `${entry.name}/${path}`)]
      : [entry.name],
  );
  return below.sort();
}
