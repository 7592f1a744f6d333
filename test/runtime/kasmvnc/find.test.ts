import { expect, it } from "vitest";
import { findKasmVnc } from "../../../src/runtime/kasmvnc/find.ts";
import { memoryLog } from "../memory-log.ts";

const DISPLAY = { resolution: "640x480", frameRate: 30 };

// VNCOPTIONS was ignored with TigerVNC, without a word.
it("says that VNCOPTIONS has no effect where there is no KasmVNC", () => {
  const { log, records } = memoryLog();
  const KASMIX_KASMVNC = "/nowhere";
  expect(findKasmVnc({ KASMIX_KASMVNC }, DISPLAY, log)).toBeUndefined();
  expect(records).toEqual([]);
  findKasmVnc({ KASMIX_KASMVNC, VNCOPTIONS: "-PreferBandwidth" }, DISPLAY, log);
  expect(records).toMatchObject([{ event: "setting.unused", name: "VNCOPTIONS" }]);
});
