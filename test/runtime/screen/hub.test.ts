import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SourceFrame } from "../../../src/runtime/screen/source.ts";
import { type Client, Simulation } from "./simulation.ts";

const STREAM = { codec: "avc1.42C028", width: 1280, height: 720, encoder: "x264" };

/** Frames that a client has got in the last seconds. */
function framesWithin(simulation: Simulation, client: Client, milliseconds: number): number {
  const before = client.numbers.length;
  simulation.run(milliseconds);
  return client.numbers.length - before;
}

const last = (numbers: readonly number[], share: number) =>
  [...numbers].sort((a, b) => a - b)[Math.floor(share * (numbers.length - 1))] ?? 0;

describe("one stream for all viewers", () => {
  it("is passed on whole to all whose lines carry it", () => {
    const s = new Simulation();
    const clients = Array.from({ length: 20 }, (_, index) =>
      s.join({ role: index === 0 ? "owner" : "viewer" }),
    );
    s.run(5_000);
    expect(s.source.starts).toEqual(["h264"]);
    for (const { numbers, reports, keys } of clients) {
      expect(reports).toEqual([STREAM]);
      // The first frame measures the line, so that a few are left out after it.
      expect(numbers.length).toBeGreaterThan(s.source.newest - 8);
      expect(keys).toBe(1);
    }
    const received = clients.reduce((sum, { numbers }) => sum + numbers.length, 0);
    expect(s.hub.counts).toMatchObject({ viewers: 20, frames: expect.toSatisfy((sent) => sent >= received) });
  });

  it("runs only while somebody watches", () => {
    const s = new Simulation();
    expect(s.source.starts).toEqual([]);
    const [owner, viewer] = [s.join(), s.join({ role: "viewer" })];
    s.run(500);
    owner.say({ isVisible: false });
    viewer.leave();
    expect(s.source.codec).toBeUndefined();
    const { length } = owner.numbers;
    owner.say({ isVisible: true });
    s.run(500);
    expect(owner.numbers.length).toBeGreaterThan(length + 20);
    expect(s.source.starts).toHaveLength(2);
  });

  it("gets everybody going who joins, by few key frames for all", () => {
    const s = new Simulation();
    s.join();
    s.run(1_000);
    const others = Array.from({ length: 20 }, () => {
      s.run(10);
      return s.join({ role: "viewer" });
    });
    s.run(1_000);
    expect(s.source.asked.filter((what) => what === "key frame").length).toBeLessThanOrEqual(3);
    for (const { numbers } of others) expect(numbers.length).toBeGreaterThan(30);
  });

  it("reaches a newcomer and one who comes back while all is still", () => {
    const s = new Simulation();
    const owner = s.join();
    s.run(1_000);
    const viewer = s.join({ role: "viewer" });
    s.run(400, false);
    expect(viewer.numbers.at(-1)).toBe(s.source.newest);
    owner.say({ isVisible: false });
    owner.say({ isVisible: true });
    s.run(400, false);
    expect(owner.numbers.at(-1)).toBe(s.source.newest);
  });

  it("never has a frame that its receiver cannot decode, and all have the newest one when it is still", () => {
    const client = fc.record({
      role: fc.constantFrom("owner" as const, "viewer" as const),
      kbps: fc.constantFrom(300, 1_000, 4_000, 10_000, 25_000, 100_000),
      roundTrip: fc.constantFrom(2, 30, 120, 300),
    });
    const phase = fc.record({
      moves: fc.boolean(),
      time: fc.integer({ min: 20, max: 3_000 }),
      size: fc.constantFrom(200, 8_000, 60_000),
    });
    fc.assert(
      fc.property(
        fc.array(client, { minLength: 1, maxLength: 4 }),
        fc.array(phase, { maxLength: 6 }),
        (clients, phases) => {
          const s = new Simulation();
          for (const options of clients) {
            s.join(options);
            s.run(130);
          }
          for (const { moves, time, size } of phases) {
            s.source.size = size;
            s.run(time, moves);
          }
          s.source.size = 200;
          // Longer than any line rests that was too slow.
          s.run(130_000, false);
          for (const { numbers } of s.clients) expect(numbers.at(-1)).toBe(s.source.newest);
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe("a line", () => {
  it.each([
    [100_000, 57, 60],
    [20_000, 55, 150],
    [8_000, 50, 150],
    [4_000, 50, 150],
    [2_000, 45, 200],
  ])(
    "of %i kbit/s gets at least %i frames/s of a picture that wants 29 Mbit/s, within %i ms",
    (kbps, least, latest) => {
      const s = new Simulation();
      const owner = s.join({ kbps, roundTrip: 50 });
      s.run(3_000);
      const { length } = owner.delays;
      expect(framesWithin(s, owner, 20_000) / 20).toBeGreaterThan(least);
      expect(last(owner.delays.slice(length), 0.95)).toBeLessThan(latest);
      expect(owner.reports).toEqual([STREAM]);
      expect(owner.keys).toBeLessThan(8);
    },
  );

  it("that is faster again gets more", () => {
    const s = new Simulation();
    const owner = s.join({ kbps: 2_000 });
    s.run(10_000);
    expect(s.source.rate).toBeLessThan(2_500);
    owner.options.kbps = 100_000;
    s.run(30_000);
    expect(s.source.rate).toBeGreaterThan(20_000);
  });

  it("that stands still for a moment does not lower the quality for long", () => {
    const s = new Simulation();
    const owner = s.join();
    s.run(5_000);
    owner.options.kbps = 0;
    s.run(300);
    owner.options.kbps = 200_000;
    s.run(1_000);
    expect(s.source.rate).toBeGreaterThan(10_000);
    expect(owner.reports).toEqual([STREAM]);
  });

  it.each([1_000, 4_000, 8_000])(
    "of a viewer with %i kbit/s costs the owner nothing but key frames",
    (kbps) => {
      const s = new Simulation();
      const owner = s.join();
      s.run(5_000);
      const viewer = s.join({ role: "viewer", kbps });
      const { rate } = s.source;
      const { keys } = owner;
      expect(framesWithin(s, owner, 10_000) / 10).toBeGreaterThan(57);
      expect(owner.keys - keys).toBeLessThan(10);
      expect(s.source.rate).toBeGreaterThanOrEqual(rate);
      expect(viewer.reports).toContainEqual({ paused: "slow" });
    },
  );

  it("of a viewer that carries two thirds of it gets two thirds, without key frames", () => {
    const s = new Simulation();
    const owner = s.join();
    s.run(5_000);
    const viewer = s.join({ role: "viewer", kbps: 20_000 });
    s.run(2_000);
    const { keys } = owner;
    expect(framesWithin(s, viewer, 10_000) / 10).toBeGreaterThan(38);
    expect(owner.keys).toBe(keys);
    expect(viewer.reports).toEqual([STREAM]);
  });

  it("of the owner decides the rate, whoever watches beside", () => {
    const s = new Simulation();
    s.join({ kbps: 5_000 });
    s.join({ role: "viewer" });
    s.run(5_000);
    expect(s.source.rate).toBeLessThan(6_000);
  });

  it("that fails for 5 s is left alone, and tried again", () => {
    const s = new Simulation();
    const owner = s.join();
    s.run(1_000);
    owner.options.kbps = 0;
    s.run(5_000);
    expect(owner.queued).toBeLessThan(1_000_000);
    owner.options.kbps = 200_000;
    s.run(200);
    expect(owner.reports).toEqual([STREAM, { paused: "slow" }]);
    s.run(5_000);
    expect(owner.reports).toEqual([STREAM, { paused: "slow" }, STREAM]);
    expect(framesWithin(s, owner, 1_000)).toBeGreaterThan(55);
  });

  it("whose client confirms nothing is not filled up", () => {
    const s = new Simulation();
    const client = s.join({ role: "viewer", confirms: false, kbps: 0 });
    s.run(60_000);
    expect(client.queued).toBeLessThan(1_000_000);
  });
});

describe("a client", () => {
  it("whose decoder fails after frames that were left out is recovered by key frames only", () => {
    const s = new Simulation();
    s.join();
    s.run(1_000);
    const viewer = s.join({ role: "viewer", kbps: 20_000 });
    s.run(8_000);
    expect(s.source.asked.some((what) => what !== "key frame")).toBe(true);
    s.source.asked.splice(0);
    viewer.say({ keyFrame: true });
    s.run(2_000);
    expect(s.source.asked.length).toBeGreaterThan(0);
    expect(s.source.asked.every((what) => what === "key frame")).toBe(true);
  });

  it("that drops frames without receipts while it waits for a key frame goes on with the key frame", () => {
    const s = new Simulation();
    const owner = s.join();
    s.run(1_000);
    owner.options.confirms = false;
    s.run(200);
    owner.options.confirms = true;
    owner.say({ keyFrame: true });
    s.run(500);
    expect(owner.keys).toBe(2);
    expect(framesWithin(s, owner, 1_000)).toBeGreaterThan(55);
    expect(owner.reports).toEqual([STREAM]);
  });

  it("that asks for a key frame again and again costs the others few, and then has to do without the stream", () => {
    const s = new Simulation();
    const owner = s.join();
    s.run(1_000);
    const viewer = s.join({ role: "viewer" });
    for (let index = 0; index < 200; index += 1) {
      s.run(50);
      viewer.say(index % 2 === 0 ? { keyFrame: true } : { isVisible: true });
    }
    expect(owner.keys).toBeLessThan(15);
    expect(viewer.reports).toContainEqual({ paused: "slow" });
  });

  it("without the leaders' codec is told so, until it leads itself", () => {
    const s = new Simulation();
    const owner = s.join();
    const viewer = s.join({ role: "viewer", codecs: ["vp8"] });
    s.run(500);
    expect(s.source.starts).toEqual(["h264"]);
    expect(viewer.reports).toEqual([{ paused: "codec" }]);
    owner.leave();
    s.run(500);
    expect(s.source.starts).toEqual(["h264", "vp8"]);
    expect(viewer.reports.at(-1)).toMatchObject({ codec: "vp8" });
  });
});

describe("an encoder", () => {
  it("that ends is missed by all, who go on with its next key frame", () => {
    const s = new Simulation();
    const clients = [s.join(), s.join({ role: "viewer" })];
    s.run(500);
    s.hub.fail();
    s.source.start("h264");
    s.run(500);
    for (const { reports } of clients) expect(reports).toEqual([STREAM, { paused: "failed" }, STREAM]);
  });

  it("that does not tell what frames build on gives key frames to those who miss some, and to nobody else", () => {
    const s = new Simulation();
    s.source.canLeaveOut = false;
    const owner = s.join();
    s.run(3_000);
    expect(owner.keys).toBeLessThanOrEqual(2);
    s.join({ role: "viewer", kbps: 20_000 });
    s.run(3_000);
    expect(s.source.asked.every((what) => what === "key frame")).toBe(true);
    expect(owner.keys).toBeLessThan(8);
  });

  it("that does not give the key frame that it was asked for is restarted", () => {
    const s = new Simulation();
    const owner = s.join();
    s.run(500);
    s.source.hangs = true;
    owner.say({ keyFrame: true });
    s.run(11_000);
    expect(s.source.starts).toHaveLength(2);
    expect(s.memory.events("screen.encoder")).toHaveLength(1);
    expect(owner.reports).toEqual([STREAM, { paused: "failed" }, STREAM]);
  });
});

describe("a recording", () => {
  const tap = () => {
    const frames: SourceFrame[] = [];
    const take = (frame: SourceFrame) => void frames.push(frame);
    const recorder = { frames, take, wants: true, needsKey: () => recorder.wants };
    return recorder;
  };

  it("runs the stream without viewers, gets every frame, and ends it", () => {
    const s = new Simulation();
    const recorder = tap();
    const stop = s.hub.record(recorder);
    s.run(300);
    recorder.wants = false;
    s.run(300);
    expect(recorder.frames.map(({ number }) => number)).toEqual(
      Array.from({ length: s.source.newest }, (_, index) => index + 1),
    );
    expect(s.hub.counts).toEqual({ viewers: 0, frames: 0, bytes: 0 });
    recorder.wants = true;
    s.run(600);
    expect(s.source.asked.filter((what) => what === "key frame").length).toBeGreaterThan(1);
    stop();
    expect(s.source.codec).toBeUndefined();
  });

  it("is in H.264 even if all viewers have VP8 only; they get the picture by RFB meanwhile", () => {
    const s = new Simulation();
    const owners = [s.join({ codecs: ["vp8"] }), s.join({ codecs: ["vp8"] })];
    s.run(300);
    const stop = s.hub.record(tap());
    s.run(300);
    expect(s.source.codec).toBe("h264");
    for (const { reports } of owners) expect(reports.at(-1)).toEqual({ paused: "codec" });
    stop();
    expect(s.source.codec).toBe("vp8");
  });

  it("has the rate of an unknown line when a slow viewer has left", () => {
    const s = new Simulation();
    s.hub.record(tap());
    const slow = s.join({ kbps: 2_000 });
    s.run(6_000);
    expect(s.source.rate).toBeLessThan(10_000);
    slow.leave();
    s.run(100);
    expect(s.source.rate).toBe(20_000);
  });
});
