import { describe, expect, test } from "vitest";
import { renderDockerfile } from "./dockerfile.ts";
import { hasDrawing, isDesktopPainted } from "./painted.ts";
import { judge, renderTable } from "./report.ts";
import { isSettled, median, parseBytes, percentile, slope } from "./statistics.ts";

describe("judge", () => {
  test("compares a value with its target", () => {
    const row = { name: "start", unit: "s", kasmix: 1.5, target: { of: "value", limit: 1 } } as const;
    expect(judge(row)).toMatchObject({ met: false, missedBy: 0.5 });
    expect(judge({ ...row, kasmix: 1 })).toMatchObject({ met: true });
  });

  test("compares a ratio with its target, and leaves a missing one without a verdict", () => {
    const row = { name: "size", unit: "MiB", kasmix: 90, target: { of: "ratio", limit: 0.75 } } as const;
    expect(judge({ ...row, dockerfile: 100 })).toMatchObject({ ratio: 0.9, met: false });
    expect(judge({ ...row, dockerfile: 120 })).toMatchObject({ ratio: 0.75, met: true });
    expect(judge(row)).toEqual(row);
  });
});

test("the table has a line for each row, aligned, with ratio and verdict", () => {
  const table = renderTable([
    { name: "build", unit: "s", kasmix: 50, dockerfile: 40, target: { of: "ratio", limit: 1 } },
    { name: "memory", unit: "MiB", kasmix: 108.4, target: { of: "value", limit: 250 } },
    { name: "processes", unit: "", kasmix: 13 },
  ]);
  expect(table).toMatchInlineSnapshot(`
    "|           |  Kasmix | Dockerfile | ratio |     target | verdict        |
    | --------- | ------: | ---------: | ----: | ---------: | -------------- |
    | build     |  50.0 s |     40.0 s |  1.25 |       <= 1 | missed by 25 % |
    | memory    | 108 MiB |            |       | <= 250 MiB | met            |
    | processes |      13 |            |       |            |                |"
  `);
});

test("the median is the middle one, or the mean of the two in the middle", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(() => median([])).toThrow(RangeError);
});

test("a percentile is a value that was measured: the least that so many do not exceed", () => {
  const twenty = Array.from({ length: 20 }, (_, index) => 20 - index);
  expect([0, 0.5, 0.95, 1].map((share) => percentile(twenty, share))).toEqual([1, 10, 19, 20]);
  expect(percentile([7], 0.95)).toBe(7);
  expect(() => percentile([], 0.5)).toThrow(RangeError);
});

test("the slope is that of the best fitting line, and 0 without a line", () => {
  const points = [1, 2, 3, 4].map((x) => ({ x, y: 3 * x + (x % 2 === 0 ? 1 : -1) }));
  expect(slope(points)).toBeCloseTo(3.4);
  expect(slope([{ x: 1, y: 5 }])).toBe(0);
  expect(slope([])).toBe(0);
});

test("amounts of memory are read as engines print them", () => {
  expect(parseBytes("108.5MiB ")).toBe(108.5 * 1024 ** 2);
  expect(parseBytes("1.2GB")).toBe(1.2e9);
  expect(parseBytes("12kB")).toBe(12_000);
  expect(parseBytes("7B")).toBe(7);
  expect(() => parseBytes("--")).toThrow(RangeError);
});

test("a value has settled when it changes by less than a hundredth", () => {
  expect(isSettled(100, 100.9)).toBe(true);
  expect(isSettled(100, 102)).toBe(false);
  expect(isSettled(0, 100)).toBe(false);
});

describe("a desktop is painted", () => {
  const width = 90;
  const height = 60;
  type Paint = (x: number, y: number) => number;
  const picture = (paint: Paint) => {
    const pixels = Buffer.alloc(width * height * 4);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) pixels.writeUInt32LE(paint(x, y), (y * width + x) * 4);
    }
    return { width, height, pixels };
  };
  const gradient: Paint = (x, y) => x * 0x10101 + y;
  const letters: Paint = (x) => (x % 2) * 0xffffff;
  const isPanel = (y: number) => y >= height - 30;

  test("when backdrop, icons and both ends of the panel are there", () => {
    const painted = picture((x, y) => (isPanel(y) || y === 5 ? letters(x, y) : gradient(x, y)));
    expect(isDesktopPainted(painted)).toBe(true);
  });

  test("not with one colour, a backdrop alone, or a panel without its clock", () => {
    expect(isDesktopPainted(picture(() => 0x336699))).toBe(false);
    expect(isDesktopPainted(picture(gradient))).toBe(false);
    const noClock = picture((x, y) => (y === 5 || (isPanel(y) && x < 45) ? letters(x, y) : gradient(x, y)));
    expect(isDesktopPainted(noClock)).toBe(false);
  });

  test("and a region has a drawing only where its lines have edges", () => {
    const left = picture((x, y) => (x < 20 ? letters(x, y) : 0));
    expect(hasDrawing(left, { left: 0, top: 0, width: 30, height })).toBe(true);
    expect(hasDrawing(left, { left: 30, top: 0, width: 30, height })).toBe(false);
  });
});

test("the Dockerfile installs the packages, cleans up in the same layer, and copies the script last", () => {
  const dockerfile = renderDockerfile({
    variant: "plain",
    requested: ["bash", "tini"],
    setup: "# The user.\nuseradd kasm-user\n",
    archives: ["files-0.tar", "files-1.tar"],
    config: {
      Env: ['A=x "$y" \\'],
      Entrypoint: ["/usr/bin/tini"],
      User: "1000",
      WorkingDir: "/home/kasm-user",
    },
  });
  expect(dockerfile).toMatchInlineSnapshot(`
    "FROM kasmix-bench/plain-base
    LABEL io.kasmix.bench=plain
    RUN apt-get update \\
     && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends bash tini \\
     && apt-get clean \\
     && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives \\
     && useradd kasm-user
    ADD files-0.tar /
    ADD files-1.tar /
    COPY entrypoint.mjs /opt/kasmix/entrypoint.mjs
    ENV A="x \\"\\$y\\" \\\\"
    USER 1000
    WORKDIR /home/kasm-user
    EXPOSE 6901
    VOLUME /home/kasm-user
    ENTRYPOINT ["/usr/bin/tini"]
    "
  `);
});
