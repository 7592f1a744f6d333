import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SoundBuffer } from "../../../src/client/sound/sound-buffer.ts";

const PACKET = 480;
const BLOCK = 128;
const RATE = 48_000;

/** An output that pulls in real time, and a recording whose packets arrive on request. */
function simulate() {
  const buffer = new SoundBuffer(1);
  const heard: number[] = [];
  let [time, sent] = [0, 0];
  const pull = () => {
    const block = new Float32Array(BLOCK);
    buffer.pull([block]);
    heard.push(...block);
    time += BLOCK;
  };
  return {
    buffer,
    heard,
    /** Time of the output in samples. */
    time: () => time,
    /** Lets some seconds pass without a packet. */
    wait(seconds: number) {
      for (const end = time + seconds * RATE; time < end; ) pull();
    },
    /** Pushes a packet in which every sample is its own number modulo 997. */
    push(position = sent) {
      buffer.push(
        [Float32Array.from({ length: PACKET }, (_, index) => ((position + index) % 997) + 1)],
        position,
      );
      sent = position + PACKET;
    },
    /** Plays for some seconds, with a packet every 10 ms that arrives `late(n)` seconds late. */
    run(seconds: number, late: (count: number) => number = () => 0, interval = PACKET) {
      const start = time;
      const due = Array.from(
        { length: (seconds * RATE) / interval },
        (_, n) => start + n * interval + late(n) * RATE,
      );
      // Packets never overtake each other.
      for (let n = 1; n < due.length; n++) due[n] = Math.max(due[n] ?? 0, due[n - 1] ?? 0);
      for (const at of due) {
        while (time < at) pull();
        this.push();
      }
    },
  };
}

describe("a network that is even", () => {
  test("plays every sample once, in order, after a moment", () => {
    const sim = simulate();
    sim.run(3);
    const { buffered, dry, skipped, reserve } = sim.buffer.state;
    expect([dry, skipped]).toEqual([0, 0]);
    expect(buffered).toBeLessThan(0.045);
    expect(reserve).toBeCloseTo(0.02);
    const first = sim.heard.findIndex((value) => value !== 0);
    const steady = sim.heard.slice(first + 500, first + 100_000);
    expect(
      steady.every((value, index) => index === 0 || value === ((steady[index - 1] ?? 0) % 997) + 1),
    ).toBe(true);
  });

  test("needs less and less buffer, but at least 10 ms", () => {
    const sim = simulate();
    sim.run(120);
    expect(sim.buffer.state.reserve).toBeCloseTo(0.01, 2);
    expect(sim.buffer.state.buffered).toBeLessThan(0.035);
    expect(sim.buffer.state.dry).toBe(0);
  });
});

describe("a network that is not", () => {
  test("in bursts is heard without gaps after a while, and not late", () => {
    const sim = simulate();
    const jitter = (count: number) => (count % 50 < 8 ? 0.08 - (count % 50) * 0.01 : 0);
    sim.run(3);
    sim.run(20, jitter);
    const { dry } = sim.buffer.state;
    expect(dry).toBeGreaterThan(0);
    sim.run(20, jitter);
    expect(sim.buffer.state.dry).toBe(dry);
    expect(sim.buffer.state.buffered).toBeLessThan(0.15);
  });

  test("that resumes after the tab slept does not delay the sound", () => {
    const sim = simulate();
    sim.run(2);
    sim.wait(5);
    for (let count = 0; count < 150; count++) sim.push();
    expect(sim.buffer.state.buffered).toBeLessThan(0.2);
    sim.run(12);
    expect(sim.buffer.state.buffered).toBeLessThan(0.05);
  });

  test("with dropped packets keeps its latency", () => {
    const sim = simulate();
    sim.run(2);
    const before = sim.buffer.state;
    sim.push(RATE * 60);
    sim.run(3);
    expect(Math.abs(sim.buffer.state.buffered - before.buffered)).toBeLessThan(0.03);
  });
});

test("a page that is busy at first does not delay the sound for long", () => {
  const sim = simulate();
  sim.run(2, (count) => (count % 40 < 12 ? 0.12 : 0));
  expect(sim.buffer.state.reserve).toBeLessThan(0.03);
  sim.run(22);
  expect(sim.buffer.state.buffered).toBeLessThan(0.05);
});

describe("clocks that differ", () => {
  // 1000 ppm, ten times the tolerance of sound cards: without skipping it would add up to half a second in eight
  // minutes.
  test("do not pile up sound when the recording's clock is faster", () => {
    const sim = simulate();
    sim.run(60, () => 0, PACKET * 0.999);
    expect(sim.buffer.state.buffered).toBeLessThan(0.06);
    expect(sim.buffer.state.skipped).toBeGreaterThan(0.02);
    expect(sim.buffer.state.dry).toBe(0);
  });

  test("rarely run dry when it is slower", () => {
    const sim = simulate();
    sim.run(60, () => 0, PACKET * 1.001);
    // Sixty milliseconds are missing in all, and each gap gains about ten.
    expect(sim.buffer.state.dry).toBeLessThanOrEqual(5);
  });
});

test("omitted silence does not count as a fault of the network", () => {
  const sim = simulate();
  for (let count = 0; count < 20; count++) {
    sim.run(0.5);
    sim.wait(0.5);
    sim.push(Math.round(sim.time() / PACKET) * PACKET + RATE * count);
  }
  expect(sim.buffer.state).toMatchObject({ dry: 0, reserve: expect.closeTo(0.01, 2) });
  sim.wait(1);
  expect(sim.heard.slice(-BLOCK).every((value) => Math.abs(value) < 1e-6)).toBe(true);
});

test("running dry and skipping do not click", () => {
  const sim = simulate();
  const push = (at: number) => sim.buffer.push([new Float32Array(PACKET).fill(1)], at);
  for (let n = 0; n < 5; n++) push(n * PACKET);
  sim.wait(0.1);
  for (let n = 100; n < 110; n++) push(n * PACKET);
  sim.wait(0.05);
  const steps = sim.heard.slice(1).map((value, index) => Math.abs(value - (sim.heard[index] ?? 0)));
  expect(Math.max(...steps)).toBeLessThan(0.05);
});

test("every pull is answered, and the buffer never exceeds a second", () => {
  const step = fc.oneof(
    fc.record({ push: fc.integer({ min: 1, max: 5_000 }), at: fc.nat(1_000_000) }),
    fc.record({ pull: fc.integer({ min: 1, max: 4_096 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const buffer = new SoundBuffer();
      for (const action of steps) {
        if ("push" in action) {
          const wave = new Float32Array(action.push).fill(0.5);
          buffer.push([wave, wave], action.at);
        } else {
          const output = [new Float32Array(action.pull), new Float32Array(action.pull)];
          buffer.pull(output);
          for (const channel of output)
            expect(channel.every((value) => value >= 0 && value <= 0.5 + 1e-6)).toBe(true);
        }
        expect(buffer.state.buffered).toBeGreaterThanOrEqual(0);
        expect(buffer.state.buffered).toBeLessThanOrEqual(1);
      }
    }),
  );
});
