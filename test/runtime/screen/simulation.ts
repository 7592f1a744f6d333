import type { WebSocket } from "ws";
import type { Role } from "../../../src/runtime/gateway/users.ts";
import { Hub } from "../../../src/runtime/screen/hub.ts";
import type { Source, SourceFrame } from "../../../src/runtime/screen/source.ts";
import { Viewer } from "../../../src/runtime/screen/viewer.ts";
import { decodeFrame, type ScreenCodec } from "../../../src/wire/screen.ts";
import { memoryLog } from "../memory-log.ts";

/** A stretch of time without waiting: an encoder, lines and clients whose clock is turned by hand. */
export class Simulation {
  time = 0;
  readonly memory = memoryLog();
  readonly source = new FakeSource();
  readonly hub = new Hub(this.source, this.memory.log, () => this.time);
  readonly clients: Client[] = [];

  /** Adds a client whose line carries so many kilobits per second. */
  join(options: Partial<ClientOptions> = {}): Client {
    const client = new Client(this, {
      role: "owner",
      codecs: ["h264", "vp8"],
      kbps: 1e6,
      roundTrip: 20,
      ...options,
    });
    this.clients.push(client);
    return client;
  }

  /** Lets time pass, while the picture moves or not: 60 frames a second. */
  run(milliseconds: number, moves = true): void {
    const end = this.time + milliseconds;
    for (; this.time < end; this.time += 1) {
      for (const client of this.clients) client.tick();
      if (this.time % 100 === 0) this.hub.look();
      if (Math.round(this.time) % 17 !== 0) continue;
      const frame = this.source.next(moves);
      if (frame) this.hub.take(frame);
    }
  }
}

/** An encoder of frames that obey the rate; one frame is on its way when a command comes. */
export class FakeSource implements Source {
  /** Bytes of a frame that nothing limits. */
  size = 60_000;
  codec: ScreenCodec | undefined;
  readonly asked: string[] = [];
  starts = 0;
  #rate = 20_000;
  #number = 0;
  #sent: number[] = [];
  #wantsKey = false;
  #leaveOut: number | undefined;

  start(codec: ScreenCodec): void {
    this.codec = codec;
    this.starts += 1;
    this.#sent = [];
    this.#wantsKey = true;
  }
  stop(): void {
    this.codec = undefined;
  }
  keyFrame(): void {
    this.asked.push("key");
    this.#wantsKey = true;
  }
  leaveOut(number: number): void {
    this.asked.push(`without ${number}`);
    this.#leaveOut = number;
  }
  limit(rate: number): void {
    this.#rate = rate;
  }
  get rate(): number {
    return this.#rate;
  }

  next(moves: boolean): SourceFrame | undefined {
    if (this.codec === undefined || (!moves && !this.#wantsKey)) return undefined;
    const left = this.#sent.filter((number) => this.#leaveOut === undefined || number < this.#leaveOut);
    // As far back as pixelflux goes.
    const buildsOn = this.#wantsKey
      ? undefined
      : left.filter((number) => this.#sent.indexOf(number) >= this.#sent.length - 7).at(-1);
    this.#number += 1;
    const isKey = buildsOn === undefined;
    this.#sent = isKey ? [this.#number] : [...left, this.#number];
    this.#wantsKey = false;
    this.#leaveOut = undefined;
    const budget = (this.#rate * 125) / 60;
    const bytes = Math.round(isKey ? Math.min(2 * this.size, 6 * budget) : Math.min(this.size, budget));
    const data = Buffer.alloc(bytes);
    if (isKey) KEY.copy(data);
    const size = { width: 1280, height: 720 };
    return { number: this.#number, buildsOn, canLeaveOut: true, timestamp: 0, size, encoder: "x264", data };
  }
}

/** The beginning of a key frame: a sequence parameter set. */
export const KEY = Buffer.from("0000000167 42c028 8962405005ba".replaceAll(" ", ""), "hex");

interface ClientOptions {
  readonly role: Role;
  readonly codecs: readonly ScreenCodec[];
  kbps: number;
  /** Milliseconds. */
  readonly roundTrip: number;
}

interface Message {
  readonly at: number;
  readonly bytes: number;
  readonly data: string | Uint8Array;
}

/** A client behind a line with an endless queue, as TCP has one. */
export class Client {
  readonly viewer: Viewer;
  readonly options: ClientOptions;
  readonly reports: unknown[] = [];
  /** Milliseconds from sending to receipt of each frame. */
  readonly delays: number[] = [];
  keys = 0;
  readonly #simulation: Simulation;
  readonly #queue: Message[] = [];
  readonly #receipts: { readonly at: number; readonly number: number }[] = [];
  #budget = 0;
  readonly #held = new Set<number>();

  constructor(simulation: Simulation, options: ClientOptions) {
    this.#simulation = simulation;
    this.options = options;
    const now = () => simulation.time;
    const socket = {
      bufferedAmount: 0,
      send: (data: string | Uint8Array) => void this.#queue.push({ at: now(), bytes: data.length, data }),
      ping: () => {},
      once: (_event: string, listener: () => void) => void (this.pong = listener),
    };
    this.viewer = new Viewer(socket as unknown as WebSocket, options.role, now);
    simulation.time += options.roundTrip;
    this.pong();
    simulation.time -= options.roundTrip;
    simulation.hub.join(this.viewer);
    this.viewer.hear({ codecs: options.codecs });
    simulation.hub.look();
  }

  pong = () => {};

  get frames(): number {
    return this.delays.length;
  }

  tick(): void {
    const { time } = this.#simulation;
    this.#budget = this.#queue.length === 0 ? 0 : this.#budget + this.options.kbps / 8;
    for (let next = this.#queue[0]; next && this.#budget >= next.bytes; next = this.#queue[0]) {
      this.#queue.shift();
      this.#budget -= next.bytes;
      this.#receive(next);
    }
    for (let next = this.#receipts[0]; next && next.at <= time; next = this.#receipts[0]) {
      this.#receipts.shift();
      this.viewer.line.confirm(next.number);
      this.#simulation.hub.recover();
    }
  }

  #receive({ at, data }: Message): void {
    if (typeof data === "string") return void this.reports.push(JSON.parse(data));
    const frame = decodeFrame(data);
    if (!frame) throw new Error("not a frame");
    const { time } = this.#simulation;
    if (frame.isKey) this.keys += 1;
    this.#held.add(frame.number);
    this.delays.push(time - at + this.options.roundTrip / 2);
    this.#receipts.push({ at: time + this.options.roundTrip, number: frame.number });
  }
}
