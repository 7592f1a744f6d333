import { expect, it } from "vitest";
import { uploadLimit } from "../../../src/runtime/uploads/limit.ts";
import { memoryLog } from "../memory-log.ts";

it.each([
  [undefined, undefined],
  ["", undefined],
  ["1000", 1000],
  ["5KiB", 5120],
  ["500 MiB", 500 * 1024 ** 2],
  ["2GiB", 2 * 1024 ** 3],
  ["1TiB", 1024 ** 4],
])("KASMIX_UPLOAD_LIMIT=%s is %s bytes", (wanted, bytes) => {
  const { log, records } = memoryLog();
  expect(uploadLimit({ KASMIX_UPLOAD_LIMIT: wanted }, log)).toBe(bytes);
  expect(records).toEqual([]);
});

it.each(["x", "-1", "1GB", "1.5GiB", "99999999TiB"])(
  "%s is not a size: it is logged, and there is a limit",
  (wanted) => {
    const { log, events } = memoryLog();
    expect(uploadLimit({ KASMIX_UPLOAD_LIMIT: wanted }, log)).toBe(1024 ** 3);
    expect(events("uploads.limit")).toMatchObject([{ limit: wanted }]);
  },
);
