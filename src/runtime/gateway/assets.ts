import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** A file of the browser client. */
export interface Asset {
  readonly type: string;
  readonly etag: string;
  readonly cacheControl: string;
  /** The content in the best encoding that `accept` (the Accept-Encoding header) allows. */
  encoded(accept: string): Promise<{ readonly body: Buffer; readonly encoding?: "br" | "gzip" }>;
}

/**
 * Reads the client's files into memory, by path from the root; `/` is index.html. Only files in this table are served,
 * so no request reaches the file system. A missing directory gives an empty table. `change` may alter a file.
 */
export function loadAssets(
  root: string,
  change: Change = (_, content) => content,
): ReadonlyMap<string, Asset> {
  const assets = new Map<string, Asset>();
  for (const path of listFiles(root))
    assets.set(`/${path}`, createAsset(path, change(path, readFileSync(join(root, path)))));
  const index = assets.get("/index.html");
  if (index) assets.set("/", index);
  return assets;
}

/** Gives what is served for a file. */
type Change = (path: string, content: Buffer) => Buffer;

/** Gives the manifest the desktop's name: of several desktops that are installed each has its own. */
export function nameManifest(title: string): Change {
  return (path, content) => {
    if (path !== "manifest.webmanifest") return content;
    return Buffer.from(
      JSON.stringify({ ...JSON.parse(content.toString("utf8")), name: title, short_name: title }),
    );
  };
}

function listFiles(root: string): string[] {
  try {
    const paths = readdirSync(root, { recursive: true }) as string[];
    return paths.filter((path) => statSync(join(root, path)).isFile());
  } catch {
    return [];
  }
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".webmanifest": "application/manifest+json",
  ".txt": "text/plain; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webp": "image/webp",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
};

const COMPRESSIBLE = /^text\/|json$|xml$|wasm$/;
const WORTH_COMPRESSING = 1024;

function createAsset(path: string, content: Buffer): Asset {
  const type = TYPES[extname(path)] ?? "application/octet-stream";
  const compressible = COMPRESSIBLE.test(type) && content.length >= WORTH_COMPRESSING;
  // Compressed at the first request: compressing all files would delay the desktop's start.
  const brotli = onDemand(() =>
    promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  );
  const zipped = onDemand(() => promisify(gzip)(content));
  return {
    type,
    etag: `"${createHash("sha256").update(content).digest("base64url").slice(0, 22)}"`,
    cacheControl: isVersioned(path) ? "private, max-age=31536000, immutable" : "private, no-cache",
    async encoded(accept) {
      if (compressible && /\bbr\b/.test(accept)) return { body: await brotli(), encoding: "br" };
      if (compressible && /\bgzip\b/.test(accept)) return { body: await zipped(), encoding: "gzip" };
      return { body: content };
    },
  };
}

/** Whether the name carries a hash of the content, as esbuild writes it: `main-3FQ7ABCD.js`. */
function isVersioned(path: string): boolean {
  return /-[A-Z0-9]{8}\.\w+$/.test(path);
}

function onDemand<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
