import { closeSync, linkSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { NEUTRAL, type PadState } from "../../wire/gamepad.ts";
import { attempt } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";
import { changesBetween, type Reading, readingsOf } from "./layout.ts";
import { createReader, type Reader } from "./reader.ts";
import {
  type Clock,
  EVENT_SIZE,
  readOrder,
  renderDropped,
  renderEvents,
  renderHeld,
  renderJoystick,
} from "./records.ts";
import { createEffects, type Rumble } from "./rumble.ts";

/** A virtual gamepad, which the library of nix/devices shows to the session's programs. */
export interface Device {
  /** Makes it visible to programs. */
  plug(): void;
  /** Removes it from all programs. */
  unplug(): void;
  /** Sends the changes since the last state to all programs. */
  show(state: PadState): void;
  close(): void;
}

export interface DeviceOptions {
  /** The folder of `input`, `sockets` and `state`. */
  readonly folder: string;
  readonly number: number;
  readonly onRumble: (rumble: Rumble) => void;
  readonly log: Log;
}

/** Programs that may have one device open at once. */
const MOST_READERS = 32;

/**
 * Listens as an event device and as a joystick. The hidden sockets exist all the time; plugging in creates visible
 * links to them, so that a program that sees a link can connect at once.
 */
export function openDevice({ folder, number, onRumble, log }: DeviceOptions): Device {
  for (const name of ["input", "sockets", "state"])
    mkdirSync(`${folder}/${name}`, { recursive: true, mode: 0o700 });
  // Kept open and overwritten in place: a program must never read an empty file.
  const state = openSync(`${folder}/state/${number}`, "w", 0o600);
  let readings = readingsOf(NEUTRAL);
  const keep = () => {
    const trouble = {
      event: "gamepad.state",
      advice: "Programs that ask for the pressed buttons get an old state.",
    };
    const held = renderHeld(readings);
    attempt(log, trouble, () => writeSync(state, held, 0, held.length, 0));
  };
  const present = () => readings;
  const outlets = [
    openOutlet(folder, `event${number}`, log, (socket) => serveEvents(socket, present, onRumble)),
    openOutlet(folder, `js${number}`, log, (socket) => serveJoystick(socket, present)),
  ];
  keep();
  return {
    plug: () => void outlets.map((outlet) => outlet.plug()),
    unplug: () => void outlets.map((outlet) => outlet.unplug()),
    show(state) {
      const before = readings;
      readings = readingsOf(state);
      const changes = changesBetween(before, readings);
      if (changes.length === 0) return;
      keep();
      for (const outlet of outlets) outlet.tell(changes);
    },
    close() {
      for (const outlet of outlets) outlet.close();
      closeSync(state);
    },
  };
}

/** Sends changes to a program. */
type Tell = (changes: readonly Reading[]) => void;

function openOutlet(folder: string, name: string, log: Log, serve: (socket: Socket) => Tell) {
  const [socketPath, devicePath] = [`${folder}/sockets/${name}`, `${folder}/input/${name}`];
  const programs = new Map<Socket, Tell>();
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("close", () => programs.delete(socket));
    programs.set(socket, serve(socket));
  });
  server.maxConnections = MOST_READERS;
  rmSync(devicePath, { force: true });
  listen(server, socketPath, log);
  const unplug = () => {
    rmSync(devicePath, { force: true });
    for (const socket of programs.keys()) socket.destroy();
  };
  return {
    plug() {
      const trouble = { event: "gamepad.plug", advice: "No program sees the gamepad." };
      attempt(log, trouble, () => linkSync(socketPath, devicePath));
    },
    unplug,
    tell(changes: readonly Reading[]) {
      for (const tell of programs.values()) tell(changes);
    },
    close() {
      unplug();
      server.close();
    },
  };
}

function listen(server: Server, path: string, log: Log): void {
  rmSync(path, { force: true });
  server.on("error", (error) => log.error({ event: "gamepad.socket", path, message: error.message }));
  server.listen(path);
}

function serveEvents(
  socket: Socket,
  present: () => readonly Reading[],
  onRumble: (rumble: Rumble) => void,
): Tell {
  let clock: Clock = "date";
  const catchUp = () => Buffer.concat([renderDropped(clock), renderEvents(present(), clock)]);
  const reader: Reader = createReader(socket, catchUp);
  const effects = createEffects(onRumble);
  socket.on("close", effects.stop);
  onRecords(socket, (record) => {
    const order = readOrder(record);
    if (order?.kind === "clock") clock = order.clock;
    else if (order) effects.obey(order);
  });
  return (changes) => reader.send(renderEvents(changes, clock));
}

function serveJoystick(socket: Socket, present: () => readonly Reading[]): Tell {
  const initial = () => renderJoystick(present(), true);
  const reader = createReader(socket, initial);
  reader.send(initial());
  // A joystick accepts no commands; the socket is read only to notice its end.
  socket.resume();
  return (changes) => reader.send(renderJoystick(changes, false));
}

function onRecords(socket: Socket, listener: (record: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    let at = 0;
    for (; at + EVENT_SIZE <= rest.length; at += EVENT_SIZE) listener(rest.subarray(at, at + EVENT_SIZE));
    rest = rest.subarray(at);
  });
}
