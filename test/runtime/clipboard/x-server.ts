import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { expect } from "vitest";
import { readCookie, writeXauthority } from "../../../src/runtime/boot/xauthority.ts";
import { internAtoms } from "../../../src/runtime/clipboard/atoms.ts";
import { type Contents, giveSelection } from "../../../src/runtime/clipboard/give.ts";
import { connectX } from "../../../src/runtime/x11/connect.ts";
import { createWindow, getSelectionOwner, setSelectionOwner } from "../../../src/runtime/x11/requests.ts";
import { eventually } from "../../helpers/eventually.ts";
import { freeDisplay } from "../../helpers/free-display.ts";

const missing = ["Xtigervnc", "xclip"].filter((name) => !existsSync(`/usr/bin/${name}`));

export const canRunX = missing.length === 0;

/** Why tests with an X server are skipped here, for their titles. */
export const noX = canRunX ? "" : ` (not run: ${missing.join(", ")} missing)`;

/** An X server with a cookie, and xclip as the desktop's programs. */
export async function startXServer(
  optionsFor: (folder: string, number: number) => readonly string[] = () => ["-rfbport", "-1", "-noreset"],
) {
  const folder = mkdtempSync(join(tmpdir(), "kasmix-x-"));
  const authority = join(folder, "Xauthority");
  const first = await startSomewhere(authority, (number) => optionsFor(folder, number));
  const { number, options } = first;
  let { server } = first;
  const environment = { ...process.env, DISPLAY: `:${number}`, XAUTHORITY: authority };
  const owners: ChildProcess[] = [];
  return {
    folder,
    number,
    /** The environment that gives a program access. */
    environment,
    /** Pastes in a program; rejects when the target is not available. */
    paste(target: string, timeout = 20_000, selection = "clipboard"): Promise<Buffer> {
      const args = ["-selection", selection, "-o", "-t", target];
      const limits = { env: environment, encoding: "buffer", maxBuffer: 2 ** 29, timeout } as const;
      return new Promise((resolve, reject) =>
        execFile("xclip", args, limits, (error, stdout) => (error ? reject(error) : resolve(stdout))),
      );
    },
    /** Copies in a program, which runs until something else is copied. */
    async copy(data: Buffer | string, target = "UTF8_STRING", selection = "clipboard"): Promise<void> {
      const file = join(folder, "copied");
      writeFileSync(file, data);
      const args = ["-selection", selection, "-i", "-quiet", "-t", target, file];
      const owner = spawn("xclip", args, { env: environment, stdio: "ignore" });
      owners.push(owner);
      // xclip says that it waits before the server knows of it. A paste that asks the previous owner, which ends
      // without an answer, would wait for ever, hence the short timeout. On a busy machine a long text takes longer.
      let timeout = 1_000;
      const arrived = async () => {
        timeout *= 2;
        expect((await this.paste(target, timeout, selection)).equals(Buffer.from(data))).toBe(true);
      };
      await eventually(arrived);
    },
    /** A clipboard manager with this content, which takes over the clipboard on demand. */
    async manageClipboard(contents: Contents) {
      const manager = await connectX(`/tmp/.X11-unix/X${number}`, readCookie(authority, number));
      const atoms = await internAtoms(manager);
      const window = manager.newId();
      manager.send(createWindow(window, manager.root));
      giveSelection(manager, atoms, () => ({ contents, time: 0 }));
      const own = async (selection: number) => {
        manager.send(setSelectionOwner(window, selection, 0));
        await manager.ask(getSelectionOwner(selection));
      };
      await own(atoms.CLIPBOARD_MANAGER);
      return { takeOver: () => own(atoms.CLIPBOARD), close: manager.close };
    },
    /** Stops the server's process as SIGSTOP does, or lets it run again. */
    freeze(frozen: boolean): void {
      server.kill(frozen ? "SIGSTOP" : "SIGCONT");
    },
    async restart(): Promise<void> {
      await end(server);
      server = await start(number, authority, options);
    },
    async stop(): Promise<void> {
      for (const owner of owners) owner.kill();
      await end(server);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A PNG of noise, about 3 bytes per pixel, since it cannot be compressed. */
export function noisePng(side: number): Buffer {
  const rows = randomBytes(side * (side * 3 + 1));
  for (let row = 0; row < side; row += 1) rows[row * (side * 3 + 1)] = 0;
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const chunks = [
    pngChunk("IHDR", head),
    pngChunk("IDAT", deflateSync(rows)),
    pngChunk("IEND", Buffer.alloc(0)),
  ];
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...chunks]);
}

function pngChunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

const ATTEMPTS = 5;

/** Starts the server on a free display number; tries another one when a different server was faster. */
async function startSomewhere(authority: string, optionsFor: (number: number) => readonly string[]) {
  for (let attempt = 1; ; attempt += 1) {
    const number = freeDisplay();
    const options = optionsFor(number);
    try {
      return { number, options, server: await start(number, authority, options) };
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function start(number: number, authority: string, options: readonly string[]): Promise<ChildProcess> {
  writeXauthority([authority], number);
  const args = [
    `:${number}`,
    "-displayfd",
    "3",
    "-rfbport",
    "-1",
    "-auth",
    authority,
    "-noreset",
    ...options,
  ];
  const server = spawn("Xtigervnc", args, { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const ended = once(server, "exit").then(([code]) => {
    throw new Error(`Xtigervnc :${number} ends with ${code}`);
  });
  await Promise.race([once(server.stdio[3] as NodeJS.ReadableStream, "data"), ended]);
  return server;
}

async function end(child: ChildProcess): Promise<void> {
  child.kill();
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}
