import { expect, it } from "vitest";
import { toStored } from "../../../src/runtime/recording/h264.ts";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");

it("puts the picture behind lengths, and the parameter sets into the configuration", () => {
  const { data, configuration } = toStored(
    hex("00000001 6742c0288962 00000001 68ce3c80 000001 06050102 00000001 65888400 00 00000001 6511"),
  );
  expect(data.toString("hex")).toBe(hex("00000004 06050102 00000003 658884 00000002 6511").toString("hex"));
  expect(configuration?.toString("hex")).toBe(
    hex("01 42c028 ff e1 0006 6742c0288962 01 0004 68ce3c80").toString("hex"),
  );
});

it("tells the form of the picture from the High profile on", () => {
  const { configuration } = toStored(hex("00000001 640028ac 00000001 68ee"));
  expect(configuration).toBeUndefined();
  expect(toStored(hex("000001 67640028ac 000001 68ee")).configuration?.subarray(-4).toString("hex")).toBe(
    "fdf8f800",
  );
});

it("has no configuration without parameter sets, and leaves delimiters out", () => {
  const { data, configuration } = toStored(hex("000001 09f0 000001 41e0"));
  expect([data.toString("hex"), configuration]).toEqual(["0000000241e0", undefined]);
});
