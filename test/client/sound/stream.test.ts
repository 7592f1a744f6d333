import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { createStream } from "../../../src/client/sound/stream.ts";
import { decodeReceipt, encodePacket, SOUND } from "../../../src/wire/sound.ts";
import { eventually } from "../../helpers/eventually.ts";

/** A WebSocket that can be closed while it connects, as in a browser. */
class BrowserWebSocket extends WebSocket {
  constructor(url: string) {
    super(url);
    this.on("error", () => {});
  }
}

let server: WebSocketServer;
let address: string;
let sequences: number[];
let stream: ReturnType<typeof createStream>;

beforeEach(async () => {
  vi.stubGlobal("WebSocket", BrowserWebSocket);
  server = new WebSocketServer({ port: 0 });
  await once(server, "listening");
  address = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/audio`;
  sequences = [];
  stream = createStream(address, ({ sequence }) => sequences.push(sequence));
});

afterEach(() => {
  stream.close();
  server.close();
  vi.unstubAllGlobals();
});

/** Opens the stream; returns the server's end of it. */
async function accepted(open = () => stream.open()): Promise<WebSocket> {
  const coming = once(server, "connection");
  open();
  const [client] = (await coming) as [WebSocket];
  return client;
}

function send(client: WebSocket, first: number, count: number): void {
  for (let sequence = first; sequence < first + count; sequence++)
    client.send(encodePacket({ sequence, timestamp: sequence * 10_000, data: Uint8Array.of(1) }));
}

test("packets arrive in order, receipts are sent, and other messages are ignored", async () => {
  const client = await accepted();
  const receipts: (number | undefined)[] = [];
  client.on("message", (data: Buffer) => receipts.push(decodeReceipt(data)));
  client.send("a text");
  client.send(Buffer.from("nonsense"));
  send(client, 0, 2 * SOUND.receiptEvery + 1);
  await eventually(() => expect(receipts).toEqual([SOUND.receiptEvery, 2 * SOUND.receiptEvery]));
  expect(sequences).toEqual(sequences.map((_, index) => index));
});

test("a broken connection is reopened, and counts from the start", async () => {
  const client = await accepted();
  send(client, 0, 3);
  const again = await accepted(() => client.terminate());
  const receipt = once(again, "message");
  send(again, 100, SOUND.receiptEvery);
  const [data] = (await receipt) as [Buffer];
  expect(decodeReceipt(data)).toBe(SOUND.receiptEvery);
  expect(sequences.slice(0, 4)).toEqual([0, 1, 2, 100]);
});

test("received bytes and gaps are counted, but not between two recordings", async () => {
  const client = await accepted();
  send(client, 5, 2);
  send(client, 10, 1);
  send(client, 0, 1);
  await eventually(() => expect(sequences).toEqual([5, 6, 10, 0]));
  expect(stream.figures).toEqual({ bytes: 4 * 17, missing: 3 });
});

test("the network's return ends the wait", async () => {
  const client = await accepted();
  client.terminate();
  await eventually(async () => {
    stream.retryNow();
    expect(server.clients.size).toBe(1);
  });
});

test("a closed stream stays closed", async () => {
  const client = await accepted();
  stream.close();
  await once(client, "close");
  stream.retryNow();
  expect(server.clients.size).toBe(0);
});
