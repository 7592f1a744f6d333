import { afterEach, describe, expect, it } from "vitest";
import { openSideServices, portNumbers } from "../../../src/runtime/side/open.ts";
import { sidePorts } from "../../../src/runtime/side/ports.ts";
import { isWanted, SIDE_SERVICES } from "../../../src/runtime/side/switches.ts";
import { memoryLog } from "../memory-log.ts";

const memory = memoryLog();
const directories = { home: "/nowhere", runtime: "/nowhere" };

afterEach(() => void memory.records.splice(0));

describe("side services", () => {
  const open = (environment: NodeJS.ProcessEnv, table: Parameters<typeof openSideServices>[1]) => {
    const ports = sidePorts(environment, memory.log);
    return openSideServices({ environment, directories, ports, log: memory.log }, table);
  };

  it("are opened unless the environment switches them off", () => {
    const make = (name: string) => () => ({ name, close() {} });
    const table = { sound: make("sound"), uploads: make("uploads") };
    expect(open({}, table).map(({ name }) => name)).toEqual(["sound", "uploads"]);
    expect(open({ KASM_SVC_AUDIO: "0" }, table).map(({ name }) => name)).toEqual(["uploads"]);
  });

  it("that cannot be opened do not affect the others", () => {
    const broken = () => {
      throw new Error("no room");
    };
    expect(open({}, { sound: broken, uploads: () => ({ name: "uploads", close() {} }) })).toMatchObject([
      { name: "uploads" },
    ]);
    expect(memory.events("sound.failed")).toMatchObject([{ message: expect.stringContaining("no room") }]);
  });
});

describe("switches", () => {
  it.each([
    ["KASM_SVC_AUDIO", ["sound"]],
    ["START_PULSEAUDIO", ["sound", "microphone"]],
    ["KASM_SVC_AUDIO_INPUT", ["microphone"]],
    ["KASM_SVC_UPLOADS", ["uploads"]],
    ["KASM_SVC_DOWNLOADS", ["downloads"]],
    ["KASM_SVC_GAMEPAD", ["gamepad"]],
    ["KASM_SVC_WEBCAM", ["camera"]],
    ["KASMIX_STREAM", ["screen"]],
    ["KASMIX_RECORDING", ["recording"]],
  ])("%s=0 switches off %s", (variable, left) => {
    const out = (value: string) => SIDE_SERVICES.filter((name) => !isWanted(name, { [variable]: value }));
    expect(out("0")).toEqual(left);
    expect(out("1")).toEqual([]);
  });
});

describe("their ports", () => {
  it("are Kasm's, or those in the environment", () => {
    expect(portNumbers(sidePorts({}, memory.log))).toEqual([4901, 4902, 4903, 4904]);
    const swapped = { KASMIX_AUDIO_INPUT_PORT: "4904", KASMIX_GAMEPAD_PORT: "4903", KASMIX_AUDIO_PORT: "x" };
    expect(portNumbers(sidePorts(swapped, memory.log))).toEqual([4901, 4902, 4904, 4903]);
    expect(memory.events("sound.port")).toHaveLength(1);
  });
});
