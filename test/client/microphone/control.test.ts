import { beforeEach, describe, expect, test } from "vitest";
import {
  type Capture,
  type CaptureListener,
  type CaptureWish,
  ClickNeeded,
} from "../../../src/client/microphone/capture.ts";
import { Microphone, type MicrophoneParts } from "../../../src/client/microphone/control.ts";
import type { VoiceSocketListener } from "../../../src/client/microphone/voice-sender.ts";
import { TAKEN_OVER } from "../../../src/wire/microphone.ts";
import { eventually } from "../../helpers/eventually.ts";

interface FakeCapture extends CaptureListener {
  readonly wish: CaptureWish;
  readonly way: MessagePort;
  isStopped: boolean;
}

interface FakeSocket extends VoiceSocketListener {
  readonly again: boolean;
  isClosed: boolean;
  /** Where its messages come from. */
  way: MessagePort | undefined;
}

const WISH: CaptureWish = { device: undefined, processed: true };

let captures: FakeCapture[];
let sockets: FakeSocket[];
let states: string[];
let timers: { milliseconds: number; callback: () => void }[];
let remembered: boolean[];
let isAllowed: boolean;
let isVisible: boolean;
let failure: Error | undefined;
/** What a microphone that is being opened waits for. */
let gate: Promise<void>;
let microphone: Microphone;

beforeEach(() => {
  [captures, sockets, states, timers, remembered] = [[], [], [], [], []];
  [isAllowed, isVisible, failure, gate] = [true, true, undefined, Promise.resolve()];
  microphone = new Microphone(parts(), WISH);
  microphone.onDesktop("connected");
});

function parts(): MicrophoneParts {
  return {
    openCapture,
    openSocket(again, listener) {
      const socket: FakeSocket = { ...listener, again, isClosed: false, way: undefined };
      sockets.push(socket);
      return {
        attach: (way) => {
          socket.way = way;
        },
        close: () => {
          socket.isClosed = true;
        },
      };
    },
    isAllowed: async () => isAllowed,
    isVisible: () => isVisible,
    remember: (on) => void remembered.push(on),
    onState: ({ phase, note }) => void states.push(note === undefined ? phase : `${phase}: ${note}`),
    onPeak() {},
    after(milliseconds, callback) {
      const timer = { milliseconds, callback };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0);
    },
  };
}

async function openCapture(wish: CaptureWish, listener: CaptureListener): Promise<Capture> {
  await gate;
  if (failure !== undefined) throw failure;
  const { port1: way } = new MessageChannel();
  const capture: FakeCapture = { ...listener, wish, way, isStopped: false };
  captures.push(capture);
  return {
    device: wish.device ?? "default",
    way,
    stop: () => {
      capture.isStopped = true;
    },
  };
}

const last = <T>(list: readonly T[]): T => {
  const found = list.at(-1);
  if (found === undefined) throw new Error("nothing there");
  return found;
};
const stateIs = (state: string) => eventually(() => expect(last(states)).toBe(state));
const recording = () => captures.filter(({ isStopped }) => !isStopped).length;

async function speak(): Promise<void> {
  await microphone.turnOn();
  last(sockets).onOpen();
  await stateIs("on");
}

describe("turned on", () => {
  test("it records, says so before it does, and sends what it records", async () => {
    await speak();
    expect(states).toEqual(["starting", "on"]);
    expect(last(sockets).way).toBe(last(captures).way);
    expect([recording(), last(sockets).again]).toEqual([1, false]);
    expect(remembered).toEqual([true]);
  });

  test("it takes nobody's place without the visitor's permission", async () => {
    failure = new DOMException("no", "NotAllowedError");
    await microphone.turnOn();
    expect([last(states), sockets.length, last(remembered)]).toEqual(["off: denied", 0, false]);
  });

  test.each([
    [new DOMException("", "NotFoundError"), "missing"],
    [new DOMException("", "NotReadableError"), "busy"],
    [new ClickNeeded(), "click"],
    [new TypeError("mediaDevices is undefined"), "failed"],
  ])("it tells why it cannot be: %s", async (error, note) => {
    failure = error;
    await microphone.turnOn();
    expect(last(states)).toBe(`off: ${note}`);
  });

  test("and off again before it was open it records nothing", async () => {
    const { promise, resolve } = withResolvers();
    gate = promise;
    const started = microphone.turnOn();
    microphone.turnOff();
    resolve();
    await started;
    expect([last(states), recording(), sockets.length]).toEqual(["off", 0, 0]);
  });

  test("it tells when the desktop cannot hear, and when it can again", async () => {
    await speak();
    last(sockets).onHeard(false);
    expect(last(states)).toBe("on: unheard");
    last(sockets).onHeard(true);
    expect(last(states)).toBe("on");
  });

  test("it ends with the connection that the visitor ends", async () => {
    await speak();
    microphone.onDesktop("disconnected");
    expect([last(states), recording(), last(sockets).isClosed]).toEqual(["off", 0, true]);
  });
});

describe("a place that is lost", () => {
  test.each([
    [TAKEN_OVER, "off: taken"],
    [1008, "off: refused"],
  ])("by code %i is not asked for again", async (code, state) => {
    await speak();
    last(sockets).onClose(code);
    expect([last(states), recording(), timers.length]).toEqual([state, 0, 0]);
    microphone.onDesktop("connected");
    expect([sockets.length, last(remembered)]).toEqual([1, false]);
  });

  test("with the connection ends the recording, and comes back when it is time, connected and seen", async () => {
    await speak();
    last(sockets).onClose(1006);
    expect([last(states), recording()]).toEqual(["waiting: lost", 0]);
    microphone.onDesktop("connected");
    expect(sockets).toHaveLength(1);
    isVisible = false;
    microphone.onDesktop("reconnecting");
    last(timers).callback();
    microphone.onDesktop("connected");
    expect([sockets.length, recording()]).toEqual([1, 0]);
    isVisible = true;
    microphone.look();
    await eventually(() => expect(sockets).toHaveLength(2));
    // Not before the server has the place for it, so that no lamp goes on for nothing.
    expect([last(sockets).again, recording()]).toEqual([true, 0]);
    last(sockets).onOpen();
    await stateIs("on");
    expect(recording()).toBe(1);
    expect(last(sockets).way).toBe(last(captures).way);
  });

  test("again and again is asked for more and more seldom", async () => {
    await speak();
    const pauses: number[] = [];
    for (let count = 1; count <= 6; count++) {
      last(sockets).onClose(1006);
      pauses.push(last(timers).milliseconds);
      last(timers).callback();
      await eventually(() => expect(sockets).toHaveLength(count + 1));
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  });

  test("is not taken back without permission", async () => {
    await speak();
    isAllowed = false;
    last(sockets).onClose(1006);
    last(timers).callback();
    await stateIs("off: click");
    expect([recording(), sockets.length]).toEqual([0, 1]);
  });

  test("that another has taken meanwhile stays his", async () => {
    await speak();
    last(sockets).onClose(1006);
    last(timers).callback();
    await eventually(() => expect(sockets).toHaveLength(2));
    last(sockets).onClose(TAKEN_OVER);
    expect([last(states), captures.length]).toEqual(["off: taken", 1]);
  });

  test("stays lost when the visitor turns it off meanwhile", async () => {
    await speak();
    last(sockets).onClose(1006);
    microphone.turnOff();
    expect(timers).toEqual([]);
    microphone.onDesktop("connected");
    expect([last(states), sockets.length]).toEqual(["off", 1]);
  });
});

describe("after a reload of the page", () => {
  test("it comes back by itself", async () => {
    microphone.resume();
    await eventually(() => expect(sockets).toHaveLength(1));
    last(sockets).onOpen();
    await stateIs("on");
    expect(last(sockets).again).toBe(true);
  });

  test("it waits for the visitor to see the page, and for his click where sound needs one", async () => {
    isVisible = false;
    microphone.resume();
    expect([last(states), sockets.length]).toEqual(["waiting", 0]);
    isVisible = true;
    failure = new ClickNeeded();
    microphone.look();
    await eventually(() => expect(sockets).toHaveLength(1));
    last(sockets).onOpen();
    await stateIs("off: click");
    expect(last(sockets).isClosed).toBe(true);
  });
});

describe("a microphone", () => {
  test("that goes away is replaced, and the visitor told", async () => {
    await speak();
    last(captures).onEnd();
    await stateIs("on: unplugged");
    expect([captures.length, recording(), sockets.length]).toEqual([2, 1, 1]);
  });

  test("whose permission is taken back is off", async () => {
    await speak();
    isAllowed = false;
    last(captures).onEnd();
    await stateIs("off: withdrawn");
    expect(recording()).toBe(0);
  });

  test("of another choice takes its place at once, on the same connection", async () => {
    await speak();
    const former = last(captures);
    await microphone.change({ device: "headset", processed: false });
    expect([former.isStopped, last(captures).wish.device, microphone.device]).toEqual([
      true,
      "headset",
      "headset",
    ]);
    expect(last(sockets).way).toBe(last(captures).way);
    expect([sockets.length, last(states)]).toEqual([1, "on"]);
  });

  test("of another choice while one is being opened is the one that is opened", async () => {
    const { promise, resolve } = withResolvers();
    gate = promise;
    const started = [microphone.turnOn(), microphone.change({ device: "headset", processed: true })];
    resolve();
    await Promise.all(started);
    expect([recording(), last(captures).wish.device, sockets.length]).toEqual([1, "headset", 1]);
  });

  test("that was chosen and comes back is taken again", async () => {
    await microphone.change({ device: "headset", processed: true });
    const openAnother = {
      ...parts(),
      openCapture: (_: CaptureWish, l: CaptureListener) => openCapture(WISH, l),
    };
    const other = new Microphone(openAnother, { device: "headset", processed: true });
    await other.turnOn();
    last(sockets).onOpen();
    await other.onDevices(["default"]);
    expect(captures).toHaveLength(1);
    await other.onDevices(["default", "headset"]);
    expect([captures.length, recording()]).toEqual([2, 1]);
  });
});

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
