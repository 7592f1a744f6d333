import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { openStream, type Stream } from "../../../src/client/screen/stream.ts";
import {
  decodeReceipt,
  encodeFrame,
  type PointerReport,
  type StreamReport,
} from "../../../src/wire/screen.ts";
import { eventually } from "../../helpers/eventually.ts";

/** A WebSocket that can be closed while it connects, as in a browser. */
class BrowserWebSocket extends WebSocket {
  constructor(url: string) {
    super(url);
    this.on("error", () => {});
  }
}

let server: WebSocketServer;
let stream: Stream;
let seen: (number | StreamReport | PointerReport | "lost")[];
let client: WebSocket;
let told: string[];

beforeEach(async () => {
  vi.stubGlobal("WebSocket", BrowserWebSocket);
  server = new WebSocketServer({ port: 0 });
  await once(server, "listening");
  [seen, told] = [[], []];
  server.on("connection", (socket) => {
    client = socket;
    socket.on("message", (data: Buffer, isBinary) => {
      told.push(isBinary ? `receipt ${decodeReceipt(data)}` : data.toString());
    });
  });
  stream = openStream(
    `ws://127.0.0.1:${(server.address() as AddressInfo).port}/screen`,
    { codecs: ["h264", "vp8"] },
    {
      onReport: (report) => seen.push(report),
      onPointer: (pointer) => seen.push({ pointer }),
      onFrame: ({ number }) => seen.push(number),
      onLost: () => seen.push("lost"),
    },
  );
});

afterEach(() => {
  stream.close();
  server.close();
  vi.unstubAllGlobals();
});

const frame = (number: number) =>
  encodeFrame({ number, isKey: true, timestamp: 5, data: Uint8Array.of(1, 2) });
const toldIs = (...messages: string[]) => eventually(() => expect(told).toEqual(messages));
const hello = '{"codecs":["h264","vp8"]}';

test("says what it decodes, takes reports and frames, and leaves out what it does not know", async () => {
  await toldIs(hello);
  client.send('{"codec":"vp8","width":4,"height":2,"encoder":"libvpx"}');
  for (const nonsense of ["no JSON", "null", '{"news":1}']) client.send(nonsense);
  client.send(Buffer.from("nonsense"));
  client.send(frame(7));
  client.send('{"pointer":{"x":1,"y":2}}');
  client.send('{"paused":"slow"}');
  await eventually(() =>
    expect(seen).toEqual([
      { codec: "vp8", width: 4, height: 2, encoder: "libvpx" },
      7,
      { pointer: { x: 1, y: 2 } },
      { paused: "slow" },
    ]),
  );
  stream.receipt(7);
  stream.askForKey();
  await toldIs(hello, "receipt 7", '{"keyFrame":true}');
});

test("a hidden page says so, also to the next connection", async () => {
  await toldIs(hello);
  stream.show(false);
  await toldIs(hello, '{"isVisible":false}');
  told = [];
  client.terminate();
  await toldIs(hello, '{"isVisible":false}');
  expect(seen).toEqual(["lost"]);
  stream.show(true);
  await toldIs(hello, '{"isVisible":false}', '{"isVisible":true}');
});

test("the network's return ends the wait for the next attempt", async () => {
  await toldIs(hello);
  client.terminate();
  await eventually(() => expect(seen).toEqual(["lost"]));
  await eventually(() => {
    stream.retryNow();
    expect(server.clients.size).toBe(1);
  });
});

test("a visitor whom the server refuses does not try again, and a closed stream stays closed", async () => {
  await toldIs(hello);
  client.close(1008);
  await eventually(() => expect(seen).toEqual(["lost"]));
  stream.close();
  stream.retryNow();
  expect(server.clients.size).toBe(0);
});
