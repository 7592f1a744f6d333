import { expect, it } from "vitest";
import { KASM_VARIABLES, logKasmPaths, logKasmVariables } from "../../../src/runtime/boot/kasm.ts";
import { XFCE } from "../../../src/runtime/session/xfce.ts";
import { makeProject } from "../../helpers/project.ts";
import { memoryLog } from "../memory-log.ts";

function logged(environment: NodeJS.ProcessEnv, desktopEnvironment = XFCE) {
  const { log, records } = memoryLog();
  logKasmVariables(environment, { desktopEnvironment }, log);
  return records;
}

// They had no effect, and nothing said so.
it("the log names what Kasm's platform sets and nothing here does, once and without values", () => {
  const records = logged({
    KASM_PROFILE_LDR: "1",
    KASM_PROFILE_SIZE_LIMIT: "500000",
    KASM_SVC_PRINTER: "1",
    KASM_API_JWT: "hunter2",
    START_DE: "kde5",
  });
  expect(records.map(({ message, ...rest }) => rest)).toEqual([
    { event: "setting.unsupported", names: ["KASM_PROFILE_LDR", "KASM_PROFILE_SIZE_LIMIT"] },
    { event: "setting.unsupported", names: ["KASM_SVC_PRINTER"] },
    { event: "setting.unsupported", names: ["KASM_API_JWT"] },
    { event: "setting.unsupported", names: ["START_DE"] },
  ]);
  expect(records[0]?.message).toBe(
    "KASM_PROFILE_LDR, KASM_PROFILE_SIZE_LIMIT have no effect: the platform's profiles are neither loaded nor kept; mount a volume at /home/kasm-user.",
  );
  expect(JSON.stringify(records)).not.toContain("hunter2");
});

it("what is here as asked is not named: the values of Kasm's own images", () => {
  const images = {
    ...{ START_XFCE4: "1", START_DE: "xfce4-session", VNC_COL_DEPTH: "24", AUDIO_PORT: "4901" },
    ...{ KASMVNC_AUTO_RECOVER: "true", KASM_SVC_PRINTER: "0", KASM_SVC_RECORDER: "0", KASM_DEBUG: "" },
    ...{ DLP_PROCESS_FAIL_SECURE: "0", KASM_RESTRICTED_FILE_CHOOSER: "false", KASM_ID: "a1", KASM_USER: "b" },
  };
  expect(logged(images)).toEqual([]);
  const lxqt = { ...XFCE, command: ["startlxqt"] };
  expect(logged({ START_XFCE4: "1", START_DE: "startlxqt" }, lxqt).map(({ names }) => names)).toEqual([
    ["START_XFCE4"],
  ]);
});

it("each reason is a sentence in the log, without the marks of the page", () => {
  const all = KASM_VARIABLES.flatMap(({ names }) => names.map((name) => [name, "0"]));
  const on = Object.fromEntries(all.map(([name]) => [name, "1"]));
  const messages = [...logged(Object.fromEntries(all)), ...logged(on)].map(({ message }) => message);
  expect(messages.length).toBeGreaterThan(KASM_VARIABLES.length);
  expect(
    messages.filter((message) => !/^[A-Z0-9_, ]+ (has|have) no effect: [^`[\]]+\.$/.test(`${message}`)),
  ).toEqual([]);
});

it("the log names files of a home that came from Kasm's images, and settings of a display server that is not there", () => {
  const home = makeProject({ ".kasmpasswd": "", ".vnc/kasmvnc.yaml": "", ".vnc/self.pem": "" });
  const named = (hasKasmVnc: boolean) => {
    const { log, events } = memoryLog();
    logKasmPaths(home, hasKasmVnc, log);
    return events("path.unsupported").flatMap(({ path }) => (`${path}`.startsWith(home) ? path : []));
  };
  expect(named(false)).toEqual([`${home}/.vnc/kasmvnc.yaml`, `${home}/.kasmpasswd`]);
  expect(named(true)).toEqual([`${home}/.kasmpasswd`]);
});
