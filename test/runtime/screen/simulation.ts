import type { WebSocket } from "ws";
import type { Role } from "../../../src/runtime/gateway/users.ts";
import { Hub } from "../../../src/runtime/screen/hub.ts";
import type { Source, SourceFrame } from "../../../src/runtime/screen/source.ts";
import { Viewer } from "../../../src/runtime/screen/viewer.ts";
import { decodeFrame, type ScreenCodec, type StreamReport } from "../../../src/wire/screen.ts";
import { memoryLog } from "../memory-log.ts";

/** Milliseconds between two frames while the picture moves. */
const PACE = 17;
/** Milliseconds between two looks of the hub. */
const LOOK = 100;

/** An encoder, lines and clients whose clock is turned by hand, so that seconds of streaming take no time. */
export class Simulation {
  /** Milliseconds. */
  time = 0;
  readonly memory = memoryLog();
  readonly source = new FakeSource();
  readonly hub = new Hub(this.source, this.memory.log, () => this.time);
  readonly clients: Client[] = [];

  /** Adds a client; by default the owner at a fast line. */
  join(options: Partial<ClientOptions> = {}): Client {
    const client = new Client(this, options);
    this.clients.push(client);
    return client;
  }

  /** Lets time pass, while the picture moves or not. */
  run(milliseconds: number, moves = true): void {
    const end = this.time + milliseconds;
    for (; this.time < end; this.time += 1) {
      for (const client of this.clients) client.tick();
      if (this.time % LOOK === 0) this.hub.look();
      const frame = this.time % PACE === 0 ? this.source.next(moves) : undefined;
      if (frame) this.hub.take(frame);
    }
  }
}

/** The beginning of a key frame: a sequence parameter set. */
export const KEY = Buffer.from("000000016742c0288962405005ba", "hex");

/** Newest frames that pixelflux can refer to. */
const MEMORY = 7;

/** An encoder that obeys the rate and commands as pixelflux does. */
export class FakeSource implements Source {
  /** Bytes of a frame that the rate does not limit; a key frame has twice as many. */
  size = 60_000;
  hangs = false;
  /** Whether it tells what frames build on. */
  canLeaveOut = true;
  codec: ScreenCodec | undefined;
  /** Kilobits per second. */
  rate = 20_000;
  readonly starts: ScreenCodec[] = [];
  /** Commands. */
  readonly asked: ("key frame" | number)[] = [];
  /** The frame that each frame builds on; undefined for a key frame. */
  readonly buildsOn = new Map<number, number | undefined>();
  #newest = 0;
  /** Frames to build on, the oldest first. */
  #memory: readonly number[] = [];

  start(codec: ScreenCodec): void {
    this.codec = codec;
    this.hangs = false;
    this.starts.push(codec);
    this.#memory = [];
  }

  stop(): void {
    this.codec = undefined;
  }

  keyFrame(): void {
    this.asked.push("key frame");
    this.#memory = [];
  }

  leaveOut(number: number): void {
    this.asked.push(number);
    this.#memory = this.#memory.filter((older) => older < number && older > this.#newest - MEMORY);
  }

  limit(rate: number): void {
    this.rate = rate;
  }

  /** The next frame. Without a change there is one only if it was asked for. */
  next(moves: boolean): SourceFrame | undefined {
    const buildsOn = this.#memory.at(-1);
    const isKey = buildsOn === undefined;
    if (this.codec === undefined || this.hangs || (!moves && !isKey)) return undefined;
    this.#newest += 1;
    this.#memory = [...this.#memory, this.#newest];
    this.buildsOn.set(this.#newest, buildsOn);
    const budget = (this.rate * 125) / 60;
    const data = Buffer.alloc(
      Math.round(Math.min(isKey ? 2 * this.size : this.size, isKey ? 6 * budget : budget)),
    );
    if (isKey) KEY.copy(data);
    const about = { timestamp: 0, size: { width: 1280, height: 720 }, encoder: "x264" };
    return { number: this.#newest, buildsOn, canLeaveOut: this.canLeaveOut, ...about, data };
  }

  get newest(): number {
    return this.#newest;
  }
}

interface ClientOptions {
  readonly role: Role;
  readonly codecs: readonly ScreenCodec[];
  /** What the line carries. */
  kbps: number;
  /** Milliseconds. */
  readonly roundTrip: number;
  /** Whether it confirms frames. */
  confirms: boolean;
}

const DEFAULTS: ClientOptions = {
  role: "owner",
  codecs: ["h264", "vp8"],
  kbps: 200_000,
  roundTrip: 20,
  confirms: true,
};

/** A client behind a line with an endless queue, as TCP has one. It complains about frames that it cannot decode. */
export class Client {
  readonly viewer: Viewer;
  readonly options: ClientOptions;
  readonly reports: StreamReport[] = [];
  readonly numbers: number[] = [];
  /** Milliseconds from sending to arrival of each frame. */
  readonly delays: number[] = [];
  keys = 0;
  readonly #simulation: Simulation;
  #pong = () => {};
  readonly #queue: { readonly at: number; readonly data: string | Uint8Array }[] = [];
  readonly #receipts: { readonly at: number; readonly number: number }[] = [];
  #budget = 0;

  constructor(simulation: Simulation, options: Partial<ClientOptions>) {
    this.#simulation = simulation;
    this.options = { ...DEFAULTS, ...options };
    const socket = {
      bufferedAmount: 0,
      send: (data: string | Uint8Array) => void this.#queue.push({ at: simulation.time, data }),
      ping() {},
      once: (_event: "pong", listener: () => void) => {
        this.#pong = listener;
      },
    };
    this.viewer = new Viewer(socket as unknown as WebSocket, this.options.role, () => simulation.time);
    this.#answerPing();
    simulation.hub.join(this.viewer);
    this.say({ codecs: this.options.codecs });
  }

  say(message: Parameters<Viewer["hear"]>[0]): void {
    this.viewer.hear(message);
    this.#simulation.hub.look();
  }

  leave(): void {
    this.#simulation.clients.splice(this.#simulation.clients.indexOf(this), 1);
    this.#simulation.hub.leave(this.viewer);
  }

  /** Bytes on their way. */
  get queued(): number {
    return this.#queue.reduce((sum, { data }) => sum + data.length, 0);
  }

  tick(): void {
    const { time } = this.#simulation;
    this.#budget = this.#queue.length === 0 ? 0 : this.#budget + this.options.kbps / 8;
    for (let next = this.#queue[0]; next && this.#budget >= next.data.length; next = this.#queue[0]) {
      this.#queue.shift();
      this.#budget -= next.data.length;
      this.#receive(next.data, time - next.at);
    }
    for (let next = this.#receipts[0]; next && next.at <= time; next = this.#receipts[0]) {
      this.#receipts.shift();
      this.viewer.line.confirm(next.number);
      this.#simulation.hub.recover();
    }
  }

  #answerPing(): void {
    this.#simulation.time += this.options.roundTrip;
    this.#pong();
    this.#simulation.time -= this.options.roundTrip;
  }

  #receive(data: string | Uint8Array, waited: number): void {
    if (typeof data === "string") return void this.reports.push(JSON.parse(data));
    const frame = decodeFrame(data);
    const { time, source } = this.#simulation;
    const number = frame?.number ?? 0;
    const buildsOn = source.buildsOn.get(number);
    if (buildsOn === undefined) this.keys += 1;
    else if (!this.numbers.includes(buildsOn))
      throw new Error(`${number} builds on ${buildsOn}, which never came`);
    this.numbers.push(number);
    this.delays.push(waited + this.options.roundTrip / 2);
    if (this.options.confirms) this.#receipts.push({ at: time + this.options.roundTrip, number });
  }
}
