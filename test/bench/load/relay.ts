import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { WebSocket } from "ws";
import { runProcess } from "../../../src/engine/process.ts";
import { freePort } from "../container.ts";
import type { Context } from "../context.ts";
import { busySeconds, processTree } from "../processes.ts";
import { median } from "../statistics.ts";

/** What a relay did. */
export interface Throughput {
  /** Bytes a second. */
  readonly rate: number;
  /** Seconds of processor time of the relay for each GiB. */
  readonly cost: number;
}

/** From a source without end to a reader, the median of the runs. */
export interface RelayFigures {
  /** Without a relay. */
  readonly tcp: number;
  readonly gateway: Throughput;
  /** Undefined where websockify is not installed. */
  readonly websockify: Throughput | undefined;
}

const SECONDS = 3;

/** Measures one after the other, each `context.runs` times in turn, so that a busy moment hits all. */
export async function measureRelay(context: Context): Promise<RelayFigures> {
  const { scratch, runs } = context;
  const display = path.join(scratch, "display.sock");
  const [sourcePort] = await startChild(context, "source.ts", [display]);
  const [gatewayPort, gateway] = await startChild(context, "gateway.ts", [display, scratch]);
  const rival = await startWebsockify(context, sourcePort);
  const [tcp, own, others]: [number[], Throughput[], Throughput[]] = [[], [], []];
  for (let run = 0; run < runs; run++) {
    tcp.push(await readTcp(sourcePort));
    own.push(await readSocket(`wss://127.0.0.1:${gatewayPort}/websockify`, gateway));
    if (rival) others.push(await readSocket(`wss://127.0.0.1:${rival.port}/`, rival.child));
  }
  return {
    tcp: median(tcp),
    gateway: medians(own),
    websockify: rival ? medians(others) : undefined,
  };
}

function medians(all: readonly Throughput[]): Throughput {
  return { rate: median(all.map(({ rate }) => rate)), cost: median(all.map(({ cost }) => cost)) };
}

/** Bytes a second, when nothing is between. */
async function readTcp(port: number): Promise<number> {
  const socket = connect({ host: "127.0.0.1", port });
  let bytes = 0;
  socket.on("data", (chunk) => {
    bytes += chunk.length;
  });
  await once(socket, "connect");
  const { rate } = await measure(() => bytes);
  socket.destroy();
  return rate;
}

async function readSocket(url: string, relay: ChildProcess): Promise<Throughput> {
  const authorization = `Basic ${Buffer.from("kasm_user:bench").toString("base64")}`;
  const socket = new WebSocket(url, ["binary"], {
    headers: { authorization },
    rejectUnauthorized: false,
    perMessageDeflate: false,
  });
  let bytes = 0;
  socket.on("message", (data: Buffer) => {
    bytes += data.length;
  });
  await once(socket, "open");
  const found = await measure(() => bytes, relay.pid);
  socket.terminate();
  return found;
}

async function measure(read: () => number, relay?: number): Promise<Throughput> {
  const busy = async () => (relay === undefined ? 0 : await busySeconds(await processTree(relay)));
  await delay(500);
  const before = { bytes: read(), time: performance.now(), busy: await busy() };
  await delay(SECONDS * 1000);
  const bytes = read() - before.bytes;
  const seconds = (performance.now() - before.time) / 1000;
  return { rate: bytes / seconds, cost: ((await busy()) - before.busy) / (bytes / 1024 ** 3) };
}

/** Runs a file of this folder as a process of its own; gives the port that it tells. */
async function startChild(context: Context, file: string, args: string[]): Promise<[number, ChildProcess]> {
  const child = fork(path.join(import.meta.dirname, file), args, {
    execArgv: ["--import", "tsx"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  context.atEnd(() => stop(child));
  const [port] = (await once(child, "message")) as [number];
  return [port, child];
}

/** Debian's websockify with TLS in front of the same source; undefined where it is not installed. */
async function startWebsockify(
  context: Context,
  sourcePort: number,
): Promise<{ port: number; child: ChildProcess } | undefined> {
  const { ok } = await runProcess("websockify", ["--help"]);
  if (!ok) return undefined;
  const port = await freePort();
  const identity = path.join(context.scratch, ".vnc/kasmix.pem");
  const options = [`--cert=${identity}`, "--ssl-only"];
  const child = spawn("websockify", [...options, `127.0.0.1:${port}`, `127.0.0.1:${sourcePort}`], {
    stdio: "ignore",
  });
  context.atEnd(() => stop(child));
  for (let tries = 0; tries < 100; tries++) {
    if (await canConnect(port)) return { port, child };
    await delay(50);
  }
  return undefined;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, "exit");
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("error", () => resolve(false));
    socket.once("connect", () => resolve(true));
    socket.once("connect", () => socket.destroy());
  });
}
