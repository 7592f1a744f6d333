import { describe, expect, it } from "vitest";
import { chooseCodec, codecName } from "../../../src/runtime/screen/codec.ts";

describe("the codec", () => {
  it.each([
    [[["h264", "vp8"]], "h264"],
    [[["vp8", "h264"]], "h264"],
    [[["vp8"]], "vp8"],
    [[["h264", "vp8"], ["vp8"]], "vp8"],
    [[["h264"], ["vp8"], ["h264"]], "h264"],
    [[["h264"], ["vp8"]], "h264"],
    [[[], ["vp8"]], "vp8"],
    [[[]], undefined],
    [[], undefined],
  ] as const)("for viewers with %j is %s", (viewers, expected) => {
    expect(chooseCodec(viewers)).toBe(expected);
  });
});

describe("WebCodecs' name", () => {
  /** A delimiter, a sequence parameter set, and the beginning of a key frame. */
  const unit = (start: string, parameters: string) =>
    Buffer.from(`${start}0910${start}67${parameters}8962${start}65b804`, "hex");

  it.each([
    ["00000001", "42c028", "avc1.42C028"],
    ["000001", "f4e02a", "avc1.F4E02A"],
    ["000001", "640033", "avc1.640033"],
  ])("comes from the sequence parameter set after %s: %s", (start, parameters, name) => {
    expect(codecName("h264", unit(start, parameters))).toBe(name);
  });

  it.each(["", "000001", "00000141 9a", "0000016742c0"])("is unknown for a frame without one: %s", (hex) => {
    expect(codecName("h264", Buffer.from(hex.replaceAll(" ", ""), "hex"))).toBeUndefined();
  });

  it("of VP8 is its own", () => {
    expect(codecName("vp8", Buffer.alloc(10))).toBe("vp8");
  });
});
