import { expect, test } from "vitest";
import { sumSent } from "./cost.ts";

test("what a container sends to itself does not count", () => {
  const table = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:  900       7    0    0    0     0          0         0      900       7    0    0    0     0       0          0
  eth0:  586       7    0    0    0     0          0         0     1234       3    0    0    0     0       0          0
  eth1:1       7    0    0    0     0          0         0     6       3    0    0    0     0       0          0
`;
  expect(sumSent(table)).toBe(1240);
});
