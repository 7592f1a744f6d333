import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Visitor } from "../../../src/runtime/gateway/visitors.ts";
import { gradeCpu, renderBottlenecks } from "../../../src/runtime/kasm-api/bottlenecks.ts";

const visitor = (given: Partial<Visitor> = {}): Visitor => ({
  id: "0000000a-0000",
  role: "owner",
  user: "kasm_user",
  address: "192.0.2.7",
  since: "1970-01-01T00:00:10.160Z",
  sent: 0,
  waiting: 0,
  held: 0,
  ...given,
});

describe("the network's grade", () => {
  const grades = (given: Partial<Visitor>, now = 20_160) =>
    Object.values(JSON.parse(renderBottlenecks([visitor(given)], [10, 10], now)).kasm_user)[0];

  it.each([
    ["of a client that receives everything", {}, [10, 10]],
    ["of a client with half of the allowed unsent bytes", { waiting: 512 * 1024 }, [5, 10]],
    ["of a client with more than that", { waiting: 2 ** 24 }, [0, 10]],
    ["of a client that was waited for a quarter of the time", { held: 2_500 }, [10, 7.5]],
    ["of a client that was waited for all the time", { held: 10_000 }, [10, 0]],
  ])("%s", (_, given, network) => {
    expect(grades(given)).toEqual([10, 10, ...network]);
  });

  it("is a number for a new client, and after the clock was set back", () => {
    expect(grades({}, 10_160)).toEqual([10, 10, 10, 10]);
    expect(grades({}, 0)).toEqual([10, 10, 10, 10]);
  });
});

it("connections are listed by user, and two of the same millisecond have different names", () => {
  const text = renderBottlenecks(
    [visitor(), visitor({ id: "0000000b-0000" }), visitor({ user: "ada", address: "::1" })],
    [9, 8],
    20_160,
  );
  expect(JSON.parse(text)).toEqual({
    kasm_user: {
      "192.0.2.7_10.160010::websocket": [9, 8, 10, 10],
      "192.0.2.7_10.160011::websocket": [9, 8, 10, 10],
    },
    ada: { "::1_10.160010::websocket": [9, 8, 10, 10] },
  });
});

describe("the CPU's grade", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kasmix-pressure-"));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const pressure = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it("is the share of time without waiting, preferably of the container, else of the host", () => {
    const own = pressure(
      "own",
      "some avg10=25.00 avg60=1.40 avg300=0.00 total=1\nfull avg10=0.00 avg60=0.00\n",
    );
    const host = pressure("host", "some avg10=90.00 avg60=90.00 avg300=90.00 total=1\n");
    expect(gradeCpu([own, host])).toEqual([7.5, 9.9]);
    expect(gradeCpu([join(folder, "none"), host])).toEqual([1, 1]);
  });

  it("is a number from 0 to 10 without the kernel's information", () => {
    for (const grade of gradeCpu([pressure("odd", "nothing")])) {
      expect(grade).toBeGreaterThanOrEqual(0);
      expect(grade).toBeLessThanOrEqual(10);
    }
  });
});
