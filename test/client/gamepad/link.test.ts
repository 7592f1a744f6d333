import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Link } from "../../../src/client/gamepad/link.ts";
import { encodeDesktopMessage } from "../../../src/wire/gamepad.ts";

/** A WebSocket that the test opens and closes. */
class FakeSocket extends EventTarget {
  readonly address: string;
  bufferedAmount = 0;
  closed = false;

  constructor(address: string) {
    super();
    this.address = address;
    sockets.push(this);
  }

  send(): void {}

  close(): void {
    this.closed = true;
  }

  tell(event: string, data?: unknown): void {
    this.dispatchEvent(Object.assign(new Event(event), { data }));
  }
}

const sockets: FakeSocket[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
});

afterEach(() => {
  sockets.splice(0);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function open() {
  const onMessage = vi.fn();
  let wanted = true;
  // As the feature does: each change is answered with whether the connection is wanted.
  const link: Link = new Link({
    address: "wss://desk/gamepad",
    onChange: () => link.want(wanted),
    onMessage,
  });
  const want = (value: boolean) => {
    wanted = value;
    link.want(value);
  };
  want(true);
  return { link, want, onMessage };
}

describe("the connection for gamepads", () => {
  test("stays open while it is wanted, and sends once it is open", () => {
    const { link, want } = open();
    want(true);
    expect(sockets.map(({ address }) => address)).toEqual(["wss://desk/gamepad"]);
    expect(link.sender).toBeUndefined();
    sockets[0]?.tell("open");
    expect(link.sender).toBeDefined();
    want(false);
    expect([link.sender, sockets[0]?.closed]).toEqual([undefined, true]);
    sockets[0]?.tell("close");
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(1);
  });

  test("is retried when lost, after growing pauses that start short again after a success", () => {
    const { link } = open();
    const pauses = [500, 1_000, 2_000, 4_000, 8_000, 8_000];
    for (const [count, pause] of pauses.entries()) {
      sockets[count]?.tell("close");
      vi.advanceTimersByTime(pause - 1);
      expect(sockets).toHaveLength(count + 1);
      vi.advanceTimersByTime(1);
      expect(sockets).toHaveLength(count + 2);
    }
    sockets.at(-1)?.tell("open");
    sockets.at(-1)?.tell("close");
    expect(link.sender).toBeUndefined();
    vi.advanceTimersByTime(500);
    expect(sockets).toHaveLength(pauses.length + 2);
  });

  test("is not retried when no longer wanted, and ignores late messages of an old one", () => {
    const { link, want, onMessage } = open();
    sockets[0]?.tell("close");
    want(false);
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(1);
    want(true);
    want(false);
    want(true);
    sockets[1]?.tell("open");
    sockets[1]?.tell("message", encodeDesktopMessage({ kind: "seat", pad: 0, seat: 0 }).buffer);
    sockets[1]?.tell("close");
    expect([link.sender, onMessage.mock.calls.length]).toEqual([undefined, 0]);
    sockets[2]?.tell("open");
    sockets[2]?.tell("message", encodeDesktopMessage({ kind: "seat", pad: 0, seat: 1 }).buffer);
    sockets[2]?.tell("message", "nonsense");
    expect(onMessage.mock.calls).toEqual([[{ kind: "seat", pad: 0, seat: 1 }]]);
  });
});
