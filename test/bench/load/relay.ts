import { once } from "node:events";
import { connect, type Socket } from "node:net";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import type { Context } from "../context.ts";
import { busySeconds, processTree } from "../processes.ts";
import { median } from "../statistics.ts";
import { startChild } from "./children.ts";
import { type Rival, startStunnel, startWebsockify } from "./rivals.ts";

/** The result of a relay. */
export interface Throughput {
  /** Bytes a second. */
  readonly rate: number;
  /** Seconds of processor time of the relay for each GiB. */
  readonly cost: number;
}

/** From a source without end to a reader, the median of the runs. */
export interface RelayFigures {
  /** Without a relay: bytes a second. */
  readonly tcp: number;
  readonly gateway: Throughput;
  /** Undefined where it is not installed, as the next. */
  readonly websockify: Throughput | undefined;
  readonly stunnel: Throughput | undefined;
}

const SECONDS = 3;

/** Measures one after the other, each `context.runs` times in turn, so that a busy moment hits all. */
export async function measureRelay(context: Context): Promise<RelayFigures> {
  const { scratch, runs } = context;
  const display = path.join(scratch, "display.sock");
  const source = await startChild(context, "source.ts", [display]);
  const relays = {
    gateway: await startChild(context, "gateway.ts", [display, scratch]),
    websockify: await startWebsockify(context, source.port),
    stunnel: await startStunnel(context, source.port),
  };
  const tcp: number[] = [];
  const found = { gateway: [] as Throughput[], websockify: [] as Throughput[], stunnel: [] as Throughput[] };
  for (let run = 0; run < runs; run++) {
    tcp.push((await measure(connect({ host: "127.0.0.1", port: source.port }))).rate);
    found.gateway.push(await readRelay(relays.gateway, HANDSHAKE));
    if (relays.websockify) found.websockify.push(await readRelay(relays.websockify, HANDSHAKE));
    if (relays.stunnel) found.stunnel.push(await readRelay(relays.stunnel, ""));
  }
  return {
    tcp: median(tcp),
    gateway: medians(found.gateway),
    websockify: relays.websockify && medians(found.websockify),
    stunnel: relays.stunnel && medians(found.stunnel),
  };
}

/** Opens a WebSocket; messages are counted without parsing, so that the reader is the same for all relays. */
const HANDSHAKE = [
  "GET /websockify HTTP/1.1",
  "Host: localhost",
  `Authorization: Basic ${Buffer.from("kasm_user:bench").toString("base64")}`,
  ...["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"],
  ...[`Sec-WebSocket-Key: ${Buffer.alloc(16).toString("base64")}`, "Sec-WebSocket-Protocol: binary"],
  "\r\n",
].join("\r\n");

async function readRelay({ port, child }: Rival, handshake: string): Promise<Throughput> {
  const socket = connectTls({ host: "127.0.0.1", port, rejectUnauthorized: false });
  socket.write(handshake);
  return measure(socket, child.pid);
}

async function measure(socket: Socket, relay?: number): Promise<Throughput> {
  const busy = async () => (relay === undefined ? 0 : await busySeconds(await processTree(relay)));
  let bytes = 0;
  socket.on("data", (chunk) => {
    bytes += chunk.length;
  });
  await once(socket, "data");
  await delay(500);
  const before = { bytes, time: performance.now(), busy: await busy() };
  await delay(SECONDS * 1000);
  const seconds = (performance.now() - before.time) / 1000;
  const cost = (await busy()) - before.busy;
  socket.destroy();
  const read = bytes - before.bytes;
  if (read === 0) throw new Error("nothing came through the relay");
  return { rate: read / seconds, cost: cost / (read / 1024 ** 3) };
}

function medians(all: readonly Throughput[]): Throughput {
  return { rate: median(all.map(({ rate }) => rate)), cost: median(all.map(({ cost }) => cost)) };
}
