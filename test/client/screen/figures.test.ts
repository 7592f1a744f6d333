import { expect, test } from "vitest";
import { addStreamFigures, codecName } from "../../../src/client/screen/figures.ts";
import type { Drawn } from "../../../src/client/screen/messages.ts";
import type { Mode } from "../../../src/client/screen/mode.ts";
import type { AddFigure } from "../../../src/client/statistics.ts";
import type { StreamReport } from "../../../src/wire/screen.ts";

test.each([
  ["avc1.42E02A", "H.264"],
  ["avc1.F4002A", "H.264 4:4:4"],
  ["av01.0.08M.08", "AV1"],
  ["vp09.00.41.08", "VP9"],
  ["vp8", "VP8"],
  ["new.1", "new.1"],
])("%s is %s", (codec, name) => expect(codecName(codec)).toBe(name));

test("the figures tell about the stream, or why there is none", () => {
  const figures: Parameters<AddFigure>[] = [];
  let [mode, report]: [Mode, StreamReport | "off"] = [
    "moving",
    { codec: "vp8", width: 9, height: 9, encoder: "libvpx" },
  ];
  const note = addStreamFigures((...figure) => void figures.push(figure), {
    mode: () => mode,
    report: () => report,
  });
  const read = () => figures.map(([, value]) => value(0.02));
  expect(read()).toEqual(["VP8 (libvpx)", undefined, undefined, "0"]);
  const drawn: Drawn = { on: "canvas", bytes: 1, isKey: false, dropped: 2, decoding: 4, lag: 10 };
  note(drawn);
  note({ ...drawn, dropped: 1, decoding: 6, lag: 30 });
  mode = "still";
  expect(read()).toEqual(["VP8 (libvpx), now exact pixels", "5 ms", "30 ms", "3"]);
  [mode, report] = ["rfb", { paused: "slow" }];
  expect(read()).toEqual(["none: the connection is too slow", undefined, undefined, undefined]);
  report = "off";
  expect(read()[0]).toBe("none: switched off");
});
