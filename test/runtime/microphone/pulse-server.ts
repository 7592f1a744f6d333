import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COMMAND, renderCommand, u32 } from "../../../src/runtime/microphone/pulse-message.ts";

const CHANNEL = 3;
const NO_TAG = 0xffff_ffff;

/** A fake PulseAudio for playback. The end-to-end test uses the real one. */
export class PulseServer {
  /** The runtime directory with the socket in PulseAudio's place. */
  readonly runtime = mkdtempSync(join(tmpdir(), "kasmix-pulse-"));
  readonly path = join(this.runtime, "pulse/native");
  /** The played sound. */
  played = Buffer.alloc(0);
  /** The received commands, in order. */
  commands: number[] = [];
  /** Bodies of the commands as text, for names in them. */
  bodies = "";
  /** Bytes that it has room for when a stream begins. */
  room = 3_840;
  /** The answer to a command; none for undefined. */
  answer: (command: number, tag: number) => Buffer | undefined = (command, tag) => this.agree(command, tag);
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();

  async start(): Promise<void> {
    mkdirSync(join(this.runtime, "pulse"), { recursive: true });
    this.#server = createServer((socket) => this.#serve(socket)).listen(this.path);
    await once(this.#server, "listening");
  }

  /** Ends like a killed process. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const server = this.#server;
    this.#server = undefined;
    if (server?.listening) await new Promise((resolve) => server.close(resolve));
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.runtime, { recursive: true, force: true });
  }

  agree(command: number, tag: number): Buffer {
    const told = command === COMMAND.createPlayback ? [CHANNEL, 0, this.room] : [13];
    return renderCommand(COMMAND.reply, tag, ...told.map(u32));
  }

  /** Asks for more sound. */
  request(bytes: number): void {
    this.send(renderCommand(COMMAND.request, NO_TAG, u32(CHANNEL), u32(bytes)));
  }

  send(message: Buffer): void {
    for (const socket of this.#sockets) socket.write(message);
  }

  get clients(): number {
    return this.#sockets.size;
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    let rest = Buffer.alloc(0);
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("data", (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 20 && rest.length >= 20 + rest.readUInt32BE(0)) {
        const end = 20 + rest.readUInt32BE(0);
        this.#take(socket, rest.readUInt32BE(4), rest.subarray(20, end));
        rest = rest.subarray(end);
      }
    });
  }

  #take(socket: Socket, channel: number, body: Buffer): void {
    if (channel === CHANNEL) {
      this.played = Buffer.concat([this.played, body]);
      return;
    }
    const [command, tag] = [body.readUInt32BE(1), body.readUInt32BE(6)];
    this.commands.push(command);
    this.bodies += body.toString("latin1");
    const answer = this.answer(command, tag);
    if (answer) socket.write(answer);
  }
}
