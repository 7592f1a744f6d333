import { expect, test } from "vitest";
import { formatBytes } from "../../src/client/bytes.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [1_440_000, "1.4 MB"],
  [123_456_789, "123 MB"],
  [5e9, "5.0 GB"],
  [3e15, "3000 TB"],
])("%d bytes", (bytes, text) => {
  expect(formatBytes(bytes).replace("\u00a0", " ")).toBe(text);
});
