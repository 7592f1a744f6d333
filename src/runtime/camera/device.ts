import { mkdirSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { dirname } from "node:path";
import type { Log } from "../log/log.ts";

/** The virtual camera, which the library of nix/devices shows to the session's programs. */
export interface CameraDevice {
  /** The picture that programs see from now on, a JPEG. */
  show(picture: Buffer): void;
  /** Whether a program looks. */
  isWatched(): boolean;
  close(): void;
}

export interface CameraDeviceOptions {
  /** Path of the socket. */
  readonly path: string;
  /** The first picture. */
  readonly picture: Buffer;
  /** Called when the first program begins to look, and when the last one stops. */
  readonly onWatched: (watched: boolean) => void;
  readonly log: Log;
}

/** Programs that may have the camera open at once. */
const MOST_PROGRAMS = 32;
/** Most buffers that a program gives out; see nix/devices/camera.c. */
const MOST_WISHES = 8;
/** Milliseconds after which a picture comes again: programs take a silent camera for a broken one. */
const REPEAT = 200;

/** A program that has the camera open. */
interface Program {
  readonly socket: Socket;
  /** Pictures that it waits for. */
  wishes: number;
  /** Whether it has asked for pictures and not stopped since. */
  isLooking: boolean;
  /** When it got the last picture, in milliseconds. */
  last: number;
}

/** Listens for programs; each gets the newest picture whenever it has room for one. */
export function openCameraDevice({ path, picture, onWatched, log }: CameraDeviceOptions): CameraDevice {
  const programs = new Set<Program>();
  let message = render(picture);
  let watched = false;
  const look = () => {
    const now = [...programs].some(({ isLooking }) => isLooking);
    if (now === watched) return;
    watched = now;
    onWatched(now);
  };
  const give = (program: Program, age: number) => {
    const { socket, wishes, last } = program;
    // What the program has not taken yet must not pile up here.
    if (wishes === 0 || socket.writableLength > 0 || performance.now() - last < age) return;
    program.wishes -= 1;
    program.last = performance.now();
    socket.write(message);
  };
  const server = createServer((socket) => {
    const program: Program = { socket, wishes: 0, isLooking: false, last: Number.NEGATIVE_INFINITY };
    programs.add(program);
    socket.on("error", () => {});
    socket.on("close", () => {
      programs.delete(program);
      look();
    });
    socket.on("data", (bytes) => {
      for (const byte of bytes) {
        program.isLooking = byte !== 0;
        program.wishes = program.isLooking ? Math.min(program.wishes + 1, MOST_WISHES) : 0;
      }
      give(program, REPEAT);
      look();
    });
  });
  server.maxConnections = MOST_PROGRAMS;
  server.on("error", (error) => log.error({ event: "camera.socket", path, message: error.message }));
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  rmSync(path, { force: true });
  server.listen(path);
  const giveAll = (age: number) => {
    for (const program of programs) give(program, age);
  };
  const timer = setInterval(giveAll, REPEAT, REPEAT);
  return {
    show(next) {
      message = render(next);
      giveAll(0);
    },
    isWatched: () => watched,
    close() {
      clearInterval(timer);
      server.close();
      for (const { socket } of programs) socket.destroy();
    },
  };
}

function render(picture: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(picture.length);
  return Buffer.concat([length, picture]);
}
