import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { vncOptions } from "../../../src/runtime/kasmvnc/options.ts";
import { readCommandLine } from "../fixtures/kasmvnc/contract.mjs";
import { memoryLog } from "../memory-log.ts";

function read(text: string | undefined) {
  const { log, events } = memoryLog();
  const words = vncOptions(text, log);
  return { words, refused: events("vncoptions.refused").map(({ option }) => option), events };
}

describe("VNCOPTIONS", () => {
  it.each([
    [undefined, []],
    ["  ", []],
    // The default of Kasm's images.
    [
      "-PreferBandwidth -DynamicQualityMin=4 -DynamicQualityMax=7 -DLP_ClipDelay=0",
      ["-PreferBandwidth", "-DynamicQualityMin", "4", "-DynamicQualityMax", "7", "-DLP_ClipDelay", "0"],
    ],
    ["-JpegVideoQuality -1 -hw3d", ["-JpegVideoQuality", "-1", "-hw3d"]],
    ["--FrameRate=30", ["-FrameRate", "30"]],
    [
      `-desktop "My desktop" -UnixRelay printer:/tmp/printer`,
      ["-desktop", "My desktop", "-UnixRelay", "printer:/tmp/printer"],
    ],
    ["-RECTTHREADS=2", ["-RECTTHREADS", "2"]],
    ["RectThreads=2 -geometry=800x600", ["-RectThreads", "2", "-geometry", "800x600"]],
  ])("%s is %j", (text, words) => {
    expect(read(text)).toMatchObject({ words, refused: [] });
  });

  it.each([
    "-disableBasicAuth",
    "-DISABLEBASICAUTH=1",
    "--disableBasicAuth 1",
    "disableBasicAuth=1",
    "-noWebsocket",
    "-KasmPasswordFile /tmp/mine",
    "-SecurityTypes=VncAuth",
    "-rfbunixpath=/tmp/open",
    "-inetd",
    "-ac",
    "-listen tcp",
  ])("%s is refused, because it would let people in", (option) => {
    const { words, refused, events } = read(`-FrameRate 30 ${option} -RectThreads 2`);
    expect(words).toEqual(["-FrameRate", "30", "-RectThreads", "2"]);
    expect(refused).toHaveLength(1);
    expect(events("vncoptions.refused")[0]?.message).toContain("without a password");
  });

  it("cannot override options that Kasmix sets; the log says how to change them", () => {
    const { words, refused, events } = read(
      "-websocketPort 7000 -cert=/c -key /k -auth /a -displayfd 4 -sslOnly 1 -interface 0.0.0.0 -http-header X=Y",
    );
    expect(words).toEqual([]);
    expect(refused).toEqual("websocketport cert key auth displayfd sslonly interface http-header".split(" "));
    expect(events("vncoptions.refused")[0]?.message).toContain("NO_VNC_PORT");
  });

  it("cannot have options that Xvnc does not accept; their values are not logged", () => {
    // The real program ends with "Unrecognized option" at the last two.
    const { words, refused, events } = read(
      "-select-de manual -prompt 0 -framrate 20 stray -Password 1234 -MaxCutText 9 -videoBitrate 5",
    );
    expect(words).toEqual([]);
    expect(refused).toEqual("select-de prompt framrate stray password maxcuttext videobitrate".split(" "));
    expect(JSON.stringify(events("vncoptions.refused"))).not.toMatch(/1234|manual/);
  });

  // The X server reads a word with "=" as an option, whatever comes before it.
  it("does not take an option as the value of another", () => {
    expect(read("-hw3d disableBasicAuth=1 -SetPrimary noWebsocket=1 -RawKeyboard 1")).toMatchObject({
      words: ["-hw3d", "-SetPrimary", "-RawKeyboard=1"],
      refused: ["disablebasicauth", "nowebsocket"],
    });
    expect(read("-FrameRate -hw3d")).toMatchObject({ words: ["-hw3d"], refused: ["framerate"] });
  });

  it("never keeps Xvnc from asking for passwords or from starting", () => {
    const names =
      `disableBasicAuth noWebsocket KasmPasswordFile SecurityTypes sslOnly RawKeyboard FrameRate Log
      desktop http-header geometry hw3d bogus`.split(/\s+/);
    const ends = ["", "=", "=1", "=0", "==1", " 1", " 0", " -1", ' "a b"', "='"];
    const option = fc
      .tuple(fc.constantFrom("-", "--", "", "+"), fc.constantFrom(...names), fc.constantFrom(...ends))
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 4, arbitrary: option }, fc.string()), { maxLength: 8 }),
        (parts) => {
          const options = readCommandLine(read(parts.join(" ")).words);
          expect(options.disablebasicauth ?? false).toBe(false);
          expect(options.nowebsocket ?? false).toBe(false);
          expect([options.kasmpasswordfile, options.securitytypes]).toEqual([undefined, undefined]);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
