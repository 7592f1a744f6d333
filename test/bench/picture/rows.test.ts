import { describe, expect, test } from "vitest";
import { judgeGoal } from "./goals.ts";
import type { Measurement, Pictures } from "./measure.ts";
import { pictureRows, renderPicture } from "./rows.ts";

const sample = { drawn: 60, shown: 60, others: [], processor: 0.5, bits: 6e6, gateway: 0.05, browser: 0.3 };
const still = { ssim: 1, different: 3 };
const sharpness = [
  {
    moving: { ssim: 0.98, different: 900 },
    still,
    later: { ssim: 1, different: 0 },
  },
];

function measured(subject: string | undefined, change: Partial<Measurement> = {}): Measurement {
  return {
    content: "scrolling text",
    viewers: subject === undefined ? 0 : 1,
    subject,
    samples: [sample],
    ...change,
  };
}

const pictures: Pictures = {
  subjects: ["stream", "RFB"],
  versions: { noVNC: "1.6" },
  leftOut: { Selkies: "PyPI does not answer" },
  failures: ["1080p video: RFB: it takes too long"],
  measurements: [
    measured(undefined, { samples: [{ ...sample, shown: 0, processor: 0.1, bits: 0 }] }),
    measured("stream", { sharpness, samples: [sample, { ...sample, shown: 58 }, { ...sample, shown: 59 }] }),
    measured("RFB", {
      sharpness: [{ still: { ssim: 0.9, different: 70 }, later: { ssim: 1, different: 0 } }],
      samples: [{ ...sample, shown: 20 }],
    }),
  ],
  latencies: { stream: { key: [10, 20, 30], click: [10] }, RFB: { key: [15, 25, 35], click: [20] } },
  interruptions: {
    stream: { network: [900, 1200, 1300], encoder: [700] },
    RFB: { network: [1500], encoder: [] },
  },
};

const valuesOf = (name: string, of = pictures) => pictureRows(of).find((row) => row.name === name)?.values;

describe("pictureRows", () => {
  test("has the medians of the samples", () => {
    expect(valuesOf("pictures/s in the browser")).toEqual([59, 20]);
  });

  test("divides what is added to an unwatched desktop by the pictures that were seen", () => {
    const [stream, rfb] = valuesOf("processor for a picture, ms") ?? [];
    expect(stream).toBeCloseTo(400 / 59);
    expect(rfb).toBeCloseTo(400 / 20);
    expect(pictureRows(pictures).find(({ name }) => name === "processor, cores")?.nobody).toBe(0.1);
  });

  test("counts the pictures of all viewers, and names the slowest", () => {
    const crowd = measured("stream", { viewers: 3, samples: [{ ...sample, others: [50, 30] }] });
    const of = {
      ...pictures,
      measurements: [measured(undefined, { samples: [{ ...sample, processor: 0.1 }] }), crowd],
    };
    expect(valuesOf("pictures/s of the slowest other", of)).toEqual([30, undefined]);
    expect(valuesOf("processor for a picture, ms", of)?.[0]).toBeCloseTo(400 / 140);
  });

  test("has no pictures of a content that only blinks", () => {
    const blinking = { ...sample, shown: 0 };
    const of = { ...pictures, measurements: [measured("stream", { samples: [blinking], sharpness })] };
    expect(valuesOf("pictures/s in the browser", of)).toBeUndefined();
    expect(valuesOf("SSIM 300 ms later", of)).toEqual([1, undefined]);
  });
});

test("the comparison is a table with ratios, goals and verdicts, and says what is missing", () => {
  expect(renderPicture(pictures)).toMatchInlineSnapshot(`
    "|                                                                 | nobody | stream |    RFB | by RFB |         goal | verdict |
    | --------------------------------------------------------------- | -----: | -----: | -----: | -----: | -----------: | ------- |
    | scrolling text, 1 viewer: pictures/s in the browser             |        |   59.0 |   20.0 |   2.95 | >= 2.5 x RFB | met     |
    | scrolling text, 1 viewer: processor for a picture, ms           |        |   6.78 |  20.00 |   0.34 |              |         |
    | scrolling text, 1 viewer: processor, cores                      |   0.10 |   0.40 |   0.40 |   1.00 |              |         |
    | scrolling text, 1 viewer: gateway, cores                        |        |   0.05 |   0.05 |   1.00 |              |         |
    | scrolling text, 1 viewer: Mbit/s                                |        |   6.00 |   6.00 |   1.00 |              |         |
    | scrolling text, 1 viewer: browser, cores                        |        |   0.30 |   0.30 |   1.00 |              |         |
    | scrolling text, 1 viewer: SSIM as it moves                      |        | 0.9800 |        |        |              |         |
    | scrolling text, 1 viewer: SSIM 300 ms later                     |        | 1.0000 | 0.9000 |   1.11 |    >= 0.9950 | met     |
    | scrolling text, 1 viewer: SSIM 1 s later                        |        | 1.0000 | 1.0000 |   1.00 |              |         |
    | scrolling text, 1 viewer: pixels off 300 ms later               |        |      3 |     70 |   0.04 |              |         |
    | scrolling text, 1 viewer: pixels off 1 s later                  |        |      0 |      0 |        |              |         |
    | key and click: key to picture, ms, p50                          |        |     20 |     25 |   0.80 |              |         |
    | key and click: key to picture, ms, p95                          |        |     30 |     35 |   0.86 |   <= 1 x RFB | met     |
    | key and click: click to picture, ms, p50                        |        |     10 |     20 |   0.50 |              |         |
    | key and click: click to picture, ms, p95                        |        |     10 |     20 |   0.50 |              |         |
    | interruptions: picture is back after 5 s without network, ms    |        |   1200 |   1500 |   0.80 |      <= 3000 | met     |
    | interruptions: picture is back after the encoder was killed, ms |        |    700 |        |        |      <= 1000 | met     |

    Compared with noVNC 1.6.

    Selkies is left out: PyPI does not answer

    Not measured: 1080p video: RFB: it takes too long"
  `);
});

test("what is behind the peer is named; without a stream nothing is judged", () => {
  const faster = { ...sample, shown: 63.5, processor: 0.2 };
  const measurements = [
    measured("stream", { sharpness }),
    measured("Selkies", { samples: [faster], sharpness: [{ moving: { ssim: 0.982, different: 5 }, still }] }),
  ];
  const lines = renderPicture({
    ...pictures,
    subjects: ["stream", "Selkies"],
    measurements,
    latencies: {},
    interruptions: {},
  });
  const behind = lines.split("\n").filter((line) => line.includes("behind Selkies"));
  expect(behind.map((line) => line.split(/[:|]/)[2]?.trim())).toEqual([
    "pictures/s in the browser",
    "processor for a picture, ms",
    "processor, cores",
    "SSIM as it moves",
  ]);
  const text = renderPicture({ ...pictures, subjects: ["RFB", "stream"] });
  expect(text).not.toMatch(/met|missed|behind/);
});

test("a goal without both figures is left without a verdict", () => {
  const goal = { limit: 2, by: "RFB", isLeast: true };
  expect(judgeGoal(goal, 50, undefined)).toEqual({});
  expect(judgeGoal(goal, 50, 20)).toEqual({ met: true });
  expect(judgeGoal(goal, 30, 20)).toEqual({ met: false, missedBy: 0.25 });
  expect(judgeGoal({ limit: 0.4, isLeast: false }, 0.5, 1)).toMatchObject({ met: false });
});
