import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { extract, type Header, pack } from "tar-stream";
import { readTextIfThere } from "../files/read-text-if-there.ts";
import { replaceFile } from "../files/replace.ts";
import { CHECKOUT, stateFolder } from "./container.ts";

/** What of a checkout no build reads. */
const LEFT_OUT = new Set([".git", ".kasmix", "docs", "node_modules", "test", "test-output"]);

/** The user of the builder's image. */
const OWNER = { uid: 1000, gid: 1000, mtime: new Date(0) } as const;

/** A lock's file in the tar of nix/locks. Nothing else comes out of the builder. */
const LOCK = /^locks\/(?:arm64\/)?[a-z0-9][a-z0-9-]*\.json$/;

/** Bytes of a lock: more than ten times of those that exist. */
const LOCK_LIMIT = 4_000_000;

/**
 * Writes a checkout as a tar for the folder / of the builder, which may change its copy. Whoever owns the files here, the
 * builder's user owns them there.
 * @param vendor the user's own vendor files, and their folder there
 */
export async function packCheckout(
  root: string,
  target: NodeJS.WritableStream,
  vendor?: { readonly from: string; readonly to: string },
): Promise<void> {
  const archive = pack();
  const filling = fill(archive, root, vendor).then(
    () => archive.finalize(),
    (error: Error) => archive.destroy(error),
  );
  await Promise.all([pipeline(archive, target), filling]);
}

/** Takes the locks out of the tar of nix/locks that the engine sends. Returns the paths of those that differ. */
export async function takeLocks(root: string, source: NodeJS.ReadableStream): Promise<string[]> {
  const archive = extract();
  const written: string[] = [];
  const reading = (async () => {
    for await (const entry of archive) {
      const { name, type, size = 0 } = entry.header;
      const isLock = type === "file" && LOCK.test(name) && size <= LOCK_LIMIT;
      const content = isLock ? await text(entry) : "";
      if (!isLock) entry.resume();
      const path = join("nix", name);
      if (!isLock || content === readTextIfThere(join(root, path))) continue;
      await replaceFile(join(root, path), content);
      written.push(path);
    }
  })();
  await Promise.all([pipeline(source, archive), reading]);
  return written.sort();
}

type Archive = ReturnType<typeof pack>;

async function fill(archive: Archive, root: string, vendor?: { from: string; to: string }): Promise<void> {
  for (const name of (await readdir(root)).filter((name) => !LEFT_OUT.has(name))) {
    await add(archive, join(root, name), `${CHECKOUT}/${name}`);
  }
  // The folder is in the volume, so that a later command finds the build.
  const name = `${CHECKOUT}/.kasmix`.slice(1);
  archive.entry({ name, type: "symlink", mode: 0o755, linkname: stateFolder(root), ...OWNER });
  if (vendor !== undefined) await add(archive, vendor.from, vendor.to);
}

/** Adds a file, or a folder with what is in it. */
async function add(archive: Archive, path: string, name: string): Promise<void> {
  const status = await lstat(path);
  const mode = status.mode & 0o100 ? 0o755 : 0o644;
  const header = (rest: Partial<Header>): Partial<Header> & { name: string } => ({
    name: name.slice(1),
    mode,
    ...OWNER,
    ...rest,
  });
  if (status.isFile()) archive.entry(header({}), await readFile(path));
  else if (status.isSymbolicLink())
    archive.entry(header({ type: "symlink", linkname: await readlink(path) }));
  else if (status.isDirectory()) {
    archive.entry(header({ type: "directory" }));
    for (const each of await readdir(path)) await add(archive, join(path, each), `${name}/${each}`);
  }
}
