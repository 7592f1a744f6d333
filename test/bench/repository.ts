import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import type { Lock, LockedPackage } from "../../src/debian/format.ts";
import { storePathOf } from "../../src/debian/prefetch.ts";
import { type Context, run } from "./context.ts";

/**
 * Serves the packages of some locks as a Debian repository on 127.0.0.1 until the end of the run, and returns the line
 * for sources.list. By HTTP, so that no .deb gets into a layer of the image that is built from it.
 */
export async function serveRepository(context: Context, locks: readonly Lock[]): Promise<string> {
  const files = new Map<string, string>();
  const stanzas: string[] = [];
  for (const pkg of locks.flatMap((lock) => lock.packages)) {
    const file = storePathOf(pkg);
    const name = `pool/${path.basename(file)}`;
    if (files.has(`/${name}`)) continue;
    files.set(`/${name}`, file);
    stanzas.push(await renderStanza(pkg, file, name, context.signal));
  }
  const index = stanzas.join("\n");
  const texts = new Map([
    ["/Packages", index],
    ["/Release", renderRelease(index)],
  ]);
  const server = createServer((request, response) => answer(files, texts, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.atEnd(async () => server.close());
  const { port } = server.address() as AddressInfo;
  return `deb [trusted=yes] http://127.0.0.1:${port} ./`;
}

async function renderStanza(pkg: LockedPackage, file: string, name: string, signal: AbortSignal) {
  const control = await run("E_BUILD", { signal })`dpkg-deb --field ${file}`;
  return `${control.trim()}\nFilename: ${name}\nSize: ${pkg.size}\nSHA256: ${pkg.sha256}\n`;
}

function renderRelease(index: string): string {
  const bytes = Buffer.from(index);
  const hash = createHash("sha256").update(bytes).digest("hex");
  return [
    "Suite: trixie",
    "Codename: trixie",
    `Date: ${new Date().toUTCString()}`,
    "SHA256:",
    ` ${hash} ${bytes.length} Packages`,
    "",
  ].join("\n");
}

function answer(
  files: ReadonlyMap<string, string>,
  texts: ReadonlyMap<string, string>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const wanted = decodeURIComponent(request.url ?? "").replace("/./", "/");
  const text = texts.get(wanted);
  const file = files.get(wanted);
  if (text !== undefined) response.end(text);
  else if (file !== undefined) createReadStream(file).pipe(response);
  else response.writeHead(404).end();
}
