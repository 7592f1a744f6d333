import { expect, test } from "vitest";
import { renderLoad } from "./rows.ts";

const MIB = 1024 ** 2;
const phase = {
  ...{ fast: 2, slow: 1, seconds: 30.2, throughput: 3.5 * MIB, gatewayLoad: 0.25, displayLoad: 0.5 },
  ...{ fastFrames: [29.96, 31], slowFrames: [2.04], memory: 80 * MIB, waiting: 1536 },
};

test("a load run is rendered as two tables", () => {
  const relay = {
    tcp: 1000 * MIB,
    gateway: { rate: 500 * MIB, cost: 1.5 },
    websockify: { rate: 250 * MIB, cost: 3 },
    stunnel: { rate: 625 * MIB, cost: 1.2 },
  };
  const lines = renderLoad(relay, [phase]).split("\n");
  expect(lines).toContain("| Kasmix's gateway, TLS | 500 MiB/s | 0.50 | 1.50 s |");
  expect(lines).toContain("| gateway / websockify | 2.0 x | | 0.50 |");
  expect(lines).toContain("| gateway / stunnel | 0.8 x | | 1.25 |");
  expect(lines.at(-1)).toBe(
    "| 2 + 1 slow | 30 | 30.0-31.0 | 2.0-2.0 | 3.5 MiB/s | 0.25 | 0.50 | 80 MiB | 2 KiB |",
  );
});

test("without its rivals, the report says so instead of a ratio", () => {
  const relay = { tcp: MIB, gateway: { rate: MIB, cost: 1 }, websockify: undefined, stunnel: undefined };
  const text = renderLoad(relay, []);
  expect(text).toContain("| websockify | not installed | | |");
  expect(text).toContain("| stunnel | not installed | | |");
});
