import { expect, it } from "vitest";
import { findKasmVnc } from "../../../src/runtime/kasmvnc/find.ts";
import { memoryLog } from "../memory-log.ts";

const DISPLAY = { resolution: "640x480", frameRate: 30 };

// VNCOPTIONS was ignored with TigerVNC, without a word.
it("says that VNCOPTIONS has no effect where there is no KasmVNC", () => {
  const { log, records } = memoryLog();
  expect(findKasmVnc({}, DISPLAY, log)).toBeUndefined();
  expect(records).toEqual([]);
  findKasmVnc({ VNCOPTIONS: "-PreferBandwidth" }, DISPLAY, log);
  expect(records).toMatchObject([{ event: "setting.unused", name: "VNCOPTIONS" }]);
});
