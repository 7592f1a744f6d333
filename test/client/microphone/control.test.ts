import { beforeEach, describe, expect, test } from "vitest";
import {
  type Capture,
  type CaptureListener,
  type CaptureOptions,
  ClickNeeded,
} from "../../../src/client/microphone/capture.ts";
import { Microphone, type MicrophoneParts } from "../../../src/client/microphone/control.ts";
import type { VoiceSocketListener } from "../../../src/client/microphone/voice-sender.ts";
import { TAKEN_OVER } from "../../../src/wire/microphone.ts";
import { eventually } from "../../helpers/eventually.ts";

interface FakeCapture extends CaptureListener {
  readonly preference: CaptureOptions;
  readonly port: MessagePort;
  isStopped: boolean;
}

interface FakeSocket extends VoiceSocketListener {
  readonly again: boolean;
  isClosed: boolean;
  /** The port its messages come from. */
  port: MessagePort | undefined;
}

const WISH: CaptureOptions = { device: undefined, processed: true };

let captures: FakeCapture[];
let sockets: FakeSocket[];
let states: string[];
let timers: { milliseconds: number; callback: () => void }[];
let remembered: boolean[];
let isAllowed: boolean;
let isVisible: boolean;
let failure: Error | undefined;
/** Resolves or rejects the opening of a microphone. */
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
      const socket: FakeSocket = { ...listener, again, isClosed: false, port: undefined };
      sockets.push(socket);
      return {
        attach: (port) => {
          socket.port = port;
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

async function openCapture(preference: CaptureOptions, listener: CaptureListener): Promise<Capture> {
  await gate;
  if (failure !== undefined) throw failure;
  const { port1: port } = new MessageChannel();
  const capture: FakeCapture = { ...listener, preference, port, isStopped: false };
  captures.push(capture);
  return {
    device: preference.device ?? "default",
    port,
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
  test("it shows that it records before it does, and sends the recording", async () => {
    await speak();
    expect(states).toEqual(["starting", "on"]);
    expect(last(sockets).port).toBe(last(captures).port);
    expect([recording(), last(sockets).again]).toEqual([1, false]);
    expect(remembered).toEqual([true]);
  });

  test("it does not take over from another tab without permission", async () => {
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

  test("turned off before it opened, it records nothing", async () => {
    const { promise, resolve } = withResolvers();
    gate = promise;
    const started = microphone.turnOn();
    microphone.turnOff();
    resolve();
    await started;
    expect([last(states), recording(), sockets.length]).toEqual(["off", 0, 0]);
  });

  test("it shows when the desktop cannot hear, and when it can again", async () => {
    await speak();
    last(sockets).onHeard(false);
    expect(last(states)).toBe("on: unheard");
    last(sockets).onHeard(true);
    expect(last(states)).toBe("on");
  });

  test("it ends when the visitor disconnects", async () => {
    await speak();
    microphone.onDesktop("disconnected");
    expect([last(states), recording(), last(sockets).isClosed]).toEqual(["off", 0, true]);
  });
});

describe("a lost connection", () => {
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

  test("ends the recording, which resumes after the pause, once connected and visible", async () => {
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
    // Not before the server accepts it, so that no recording lamp lights up for nothing.
    expect([last(sockets).again, recording()]).toEqual([true, 0]);
    last(sockets).onOpen();
    await stateIs("on");
    expect(recording()).toBe(1);
    expect(last(sockets).port).toBe(last(captures).port);
  });

  test("is retried less and less often", async () => {
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

  test("is not resumed without permission", async () => {
    await speak();
    isAllowed = false;
    last(sockets).onClose(1006);
    last(timers).callback();
    await stateIs("off: click");
    expect([recording(), sockets.length]).toEqual([0, 1]);
  });

  test("is not resumed when another tab has taken over", async () => {
    await speak();
    last(sockets).onClose(1006);
    last(timers).callback();
    await eventually(() => expect(sockets).toHaveLength(2));
    last(sockets).onClose(TAKEN_OVER);
    expect([last(states), captures.length]).toEqual(["off: taken", 1]);
  });

  test("is not resumed when the visitor turned the microphone off", async () => {
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

  test("it waits until the page is visible, and for a click where sound needs one", async () => {
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
  test("that is unplugged is replaced, and the visitor is told", async () => {
    await speak();
    last(captures).onEnd();
    await stateIs("on: unplugged");
    expect([captures.length, recording(), sockets.length]).toEqual([2, 1, 1]);
  });

  test("turns off when its permission is withdrawn", async () => {
    await speak();
    isAllowed = false;
    last(captures).onEnd();
    await stateIs("off: withdrawn");
    expect(recording()).toBe(0);
  });

  test("is replaced at once by another choice, on the same connection", async () => {
    await speak();
    const former = last(captures);
    await microphone.change({ device: "headset", processed: false });
    expect([former.isStopped, last(captures).preference.device, microphone.device]).toEqual([
      true,
      "headset",
      "headset",
    ]);
    expect(last(sockets).port).toBe(last(captures).port);
    expect([sockets.length, last(states)]).toEqual([1, "on"]);
  });

  test("chosen while another is being opened is the one that opens", async () => {
    const { promise, resolve } = withResolvers();
    gate = promise;
    const started = [microphone.turnOn(), microphone.change({ device: "headset", processed: true })];
    resolve();
    await Promise.all(started);
    expect([recording(), last(captures).preference.device, sockets.length]).toEqual([1, "headset", 1]);
  });

  test("that was chosen and is plugged in again is used again", async () => {
    await microphone.change({ device: "headset", processed: true });
    const openAnother = {
      ...parts(),
      openCapture: (_: CaptureOptions, l: CaptureListener) => openCapture(WISH, l),
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
