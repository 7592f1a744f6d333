import { buffer } from "node:stream/consumers";
import { crc32, gzipSync } from "node:zlib";
import { pack } from "tar-stream";

/** An entry of an archive: a folder ends in a slash, a link has a target, all others are files. */
export interface Entry {
  readonly name: string;
  readonly content?: string;
  /** @default 0o644, of folders and links 0o755 and 0o777 */
  readonly mode?: number;
  readonly link?: string;
  readonly type?: "fifo";
}

export async function tar(entries: readonly Entry[]): Promise<Buffer> {
  const archive = pack();
  for (const { name, content = "", mode, link, type } of entries) {
    // Like archives of a vendor: ids and times of the vendor's machine.
    const header = { name, uid: 1234, gid: 5678, uname: "vendor", mtime: new Date(1_700_000_000_000) };
    const modeOf = (otherwise: number) => ({ mode: mode ?? otherwise });
    if (type !== undefined) archive.entry({ ...header, ...modeOf(0o644), type });
    else if (link !== undefined)
      archive.entry({ ...header, ...modeOf(0o777), type: "symlink", linkname: link });
    else if (name.endsWith("/")) archive.entry({ ...header, ...modeOf(0o755), type: "directory" });
    else archive.entry({ ...header, ...modeOf(0o644) }, content);
  }
  archive.finalize();
  return buffer(archive);
}

export async function tarGz(entries: readonly Entry[]): Promise<Buffer> {
  return gzipSync(await tar(entries));
}

/** A Debian package with these files and a maintainer script that must never run. */
export async function deb(entries: readonly Entry[]): Promise<Buffer> {
  const control = await tarGz([
    { name: "./control", content: "Package: test\nVersion: 1\nArchitecture: amd64\n" },
    { name: "./postinst", content: "#!/bin/sh\ntouch /was-run\nexit 1\n", mode: 0o755 },
  ]);
  const members: [string, Buffer][] = [
    ["debian-binary", Buffer.from("2.0\n")],
    ["control.tar.gz", control],
    ["data.tar.gz", await tarGz(entries)],
  ];
  return Buffer.concat([
    Buffer.from("!<arch>\n"),
    ...members.flatMap(([name, content]) => member(name, content)),
  ]);
}

/** A zip with uncompressed files and Unix modes. */
export function zip(entries: readonly Entry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content = "", mode, link } of entries) {
    const data = Buffer.from(link ?? content);
    const kind =
      link !== undefined
        ? 0o120777
        : name.endsWith("/")
          ? 0o040000 | (mode ?? 0o755)
          : 0o100000 | (mode ?? 0o644);
    const common = commonHeader(Buffer.from(name), data);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.from(name), data]);
    directory.push(centralHeader(common, kind, offset), Buffer.from(name));
    locals.push(local);
    offset += local.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, list, end]);
}

function member(name: string, content: Buffer): Buffer[] {
  const header = `${name.padEnd(16)}${"0".padEnd(12)}${"0".padEnd(6)}${"0".padEnd(6)}${"100644".padEnd(8)}${String(content.length).padEnd(10)}\`\n`;
  return [Buffer.from(header), content, Buffer.alloc(content.length % 2, "\n")];
}

/** The fields that both headers of an entry have: version, flags, method, time, checksum, sizes, length of the name. */
function commonHeader(name: Buffer, data: Buffer): Buffer {
  const header = Buffer.alloc(26);
  header.writeUInt16LE(20, 0);
  header.writeUInt16LE(0x0800, 2); // names are UTF-8
  header.writeUInt16LE(0x21, 8); // the first day that a zip knows
  header.writeUInt32LE(crc32(data), 10);
  header.writeUInt32LE(data.length, 14);
  header.writeUInt32LE(data.length, 18);
  header.writeUInt16LE(name.length, 22);
  return header;
}

function centralHeader(common: Buffer, mode: number, offset: number): Buffer {
  const made = Buffer.from([20, 3]); // by a Unix
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE((mode << 16) >>> 0, 6);
  rest.writeUInt32LE(offset, 10);
  return Buffer.concat([Buffer.from("PK\x01\x02"), made, common, rest]);
}
