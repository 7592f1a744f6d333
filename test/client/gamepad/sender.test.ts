import { describe, expect, test } from "vitest";
import { readMessage, Sender } from "../../../src/client/gamepad/sender.ts";
import {
  decodePageMessage,
  encodeDesktopMessage,
  NEUTRAL,
  type PageMessage,
} from "../../../src/wire/gamepad.ts";

function line() {
  const sent: (PageMessage | undefined)[] = [];
  const socket = { bufferedAmount: 0, send: (bytes: Uint8Array) => void sent.push(decodePageMessage(bytes)) };
  return { sender: new Sender(socket), socket, take: () => sent.splice(0) };
}

const pads = (...numbers: number[]) => new Map(numbers.map((pad) => [pad, { rumble: pad === 0 }]));
const A = { ...NEUTRAL, buttons: 1 };

describe("a sender", () => {
  test("plugs in new gamepads and unplugs missing ones, each once", () => {
    const { sender, take } = line();
    sender.offer(pads(0, 2));
    expect(take()).toEqual([
      { kind: "plug", pad: 0, rumble: true },
      { kind: "plug", pad: 2, rumble: false },
    ]);
    sender.offer(pads(0, 2));
    expect(take()).toEqual([]);
    sender.offer(pads(2, 3));
    expect(take()).toEqual([
      { kind: "unplug", pad: 0 },
      { kind: "plug", pad: 3, rumble: false },
    ]);
  });

  test("sends changed states of plugged-in gamepads", () => {
    const { sender, take } = line();
    sender.show(0, A);
    expect(take()).toEqual([]);
    sender.offer(pads(0));
    take();
    sender.show(0, NEUTRAL);
    sender.show(0, A);
    sender.show(0, { ...A });
    expect(take()).toEqual([{ kind: "state", pad: 0, state: A }]);
    sender.offer(pads());
    sender.offer(pads(0));
    take();
    sender.show(0, A);
    expect(take()).toHaveLength(1);
  });

  test("drops states while the connection is congested, and sends the last one afterwards", () => {
    const { sender, socket, take } = line();
    sender.offer(pads(0));
    take();
    socket.bufferedAmount = 100_000;
    sender.show(0, A);
    sender.show(0, { ...NEUTRAL, buttons: 2 });
    expect(take()).toEqual([]);
    socket.bufferedAmount = 0;
    sender.show(0, { ...NEUTRAL, buttons: 4 });
    expect(take()).toEqual([{ kind: "state", pad: 0, state: { ...NEUTRAL, buttons: 4 } }]);
  });

  test("releases held controls even over a congested connection", () => {
    const { sender, socket, take } = line();
    sender.offer(pads(0, 1));
    sender.show(1, A);
    take();
    socket.bufferedAmount = 100_000;
    sender.rest();
    sender.rest();
    expect(take()).toEqual([{ kind: "state", pad: 1, state: NEUTRAL }]);
  });
});

test("unknown messages are ignored", () => {
  const message = { kind: "seat", pad: 1, seat: 3 } as const;
  expect(readMessage(encodeDesktopMessage(message).buffer)).toEqual(message);
  expect(readMessage(Uint8Array.from([2, 16, 1, 3]).buffer)).toBeUndefined();
  expect(readMessage("text")).toBeUndefined();
});
