import { expect, it } from "vitest";
import type { ResolvedApp } from "../../../src/model/runtime.ts";
import { checkVariables } from "../../../src/runtime/boot/check-variables.ts";
import { memoryLog } from "../memory-log.ts";

const browser = { opensUrls: true, switch: "LAUNCH_CLOAK", argumentsFrom: "CLOAK_ARGS" } as ResolvedApp;
const launcher = { app: "browser", egress: true };

function check(environment: NodeJS.ProcessEnv, workspace = { apps: [browser], environment: {}, launcher }) {
  const { log, records } = memoryLog();
  return { environment: checkVariables(environment, workspace, log), records };
}

// Only VNC_RESOLUTION, MAX_FRAME_RATE, ports and sizes were checked; the others had no effect, without a word.
it.each([
  ["VNC_RESOLUTION", "12x12"],
  ["MAX_FRAME_RATE", "abc"],
  ["MAX_FRAME_RATE", "0"],
  ["KASMIX_THEME", "night"],
  ["TZ", "Europe/Berlim"],
  ["TZ", "../../etc/passwd"],
  ["MAXIMIZE", "maybe"],
  ["DISPLAY", "host:1"],
  ["NO_VNC_PORT", "70000"],
  ["NO_VNC_PORT", "6901/tcp"],
  ["KASMIX_AUDIO_PORT", "tcp://10.0.0.7:4901"],
  ["KASM_URL", "not a URL"],
  ["START_URL", "-new-window"],
  ["LAUNCH_URL", "https://"],
  ["KASMIX_FRAME_ANCESTORS", "https://a.example; script-src *"],
  ["KASMIX_ALLOWED_ORIGINS", "desk.example"],
  ["KASMIX_ALLOWED_ORIGINS", "https://desk.example/path"],
  ["KASMIX_CLIPBOARD_UP", "never"],
  ["KASMIX_CLIPBOARD_LIMIT", "1GiB"],
  ["KASM_SVC_AUDIO", "2"],
  ["START_PULSEAUDIO", "n"],
  ["KASM_SVC_SEND_CUT_TEXT", "off"],
  ["LAUNCH_NAV_SHIM", "disabled"],
  ["KASM_RENDERD", "/dev/dri/renderD191"],
  ["DRINODE", "/dev/null"],
  ["KASMIX_SESSION_END", "hibernate"],
])("%s=%s is logged with what it must be, and the default is used", (name, value) => {
  const { environment, records } = check({ [name]: value });
  expect(environment).toEqual({});
  expect(records).toEqual([
    expect.objectContaining({
      event: "setting.invalid",
      name,
      message: expect.stringMatching(
        `^${name}: ".+" is not .+\\. (The default, .+, is used|It is left out)\\.$`,
      ),
    }),
  ]);
});

it.each([
  ["VNC_RESOLUTION", "1920x1080"],
  ["MAX_FRAME_RATE", "24"],
  ["KASMIX_THEME", "dark"],
  ["TZ", "UTC"],
  ["TZ", "CET-1CEST,M3.5.0,M10.5.0/3"],
  ["TZ", "<+0330>-3:30"],
  ["DISPLAY", ":12.0"],
  ["NO_VNC_PORT", "443"],
  ["KASM_URL", "about:blank"],
  ["START_URL", "example.com/start?x=1"],
  ["LAUNCH_URL", "http://localhost:3000/"],
  ["KASMIX_FRAME_ANCESTORS", "'self' https://*.example.com"],
  ["KASMIX_ALLOWED_ORIGINS", "https://a.example,http://b.example:8080"],
  ["KASMIX_CLIPBOARD_LIMIT", "500KiB"],
  ["KASMIX_UPLOAD_LIMIT", "2GiB"],
  ["KASMIX_IDLE_LIMIT", "0"],
  ["KASMIX_SESSION_LIMIT", "8h"],
  ["KASM_SVC_ACCEPT_CUT_TEXT", "-AcceptCutText 0"],
  ["VNC_PW", " anything "],
  ["APP_ARGS", "--kiosk 'a b'"],
  ["LC_TIME", "de_DE.UTF-8"],
])("%s=%s stays as it is", (name, value) => {
  expect(check({ [name]: value })).toEqual({ environment: { [name]: value }, records: [] });
});

// KASMIX_CLIPBOARD_DOWN=false let everything out.
it("words that people use for on and off are understood", () => {
  const { environment, records } = check({
    KASMIX_CLIPBOARD_DOWN: "false",
    KASM_SVC_UPLOADS: "No",
    KASM_SVC_AUDIO: "yes",
    MAXIMIZE: "0",
    KASM_SVC_SEND_CUT_TEXT: "0",
    NO_VNC_PORT: " 7000 ",
  });
  expect(records).toEqual([]);
  expect(environment).toEqual({
    KASMIX_CLIPBOARD_DOWN: "0",
    KASM_SVC_UPLOADS: "0",
    KASM_SVC_AUDIO: "1",
    MAXIMIZE: "false",
    KASM_SVC_SEND_CUT_TEXT: "-SendCutText 0",
    NO_VNC_PORT: "7000",
  });
});

it("an invalid entry of a list is left out, and the others are used", () => {
  const { environment, records } = check({ KASMIX_ALLOWED_ORIGINS: "https://a.example/, b.example" });
  expect(environment).toEqual({ KASMIX_ALLOWED_ORIGINS: "https://a.example" });
  expect(records).toMatchObject([{ event: "setting.invalid", value: "b.example" }]);
});

it("an invalid limit is a limit all the same, an invalid watermark a mark", () => {
  expect(check({ KASMIX_IDLE_LIMIT: "30", KASMIX_SESSION_LIMIT: "1day" }).environment).toEqual({
    KASMIX_IDLE_LIMIT: "30min",
    KASMIX_SESSION_LIMIT: "8h",
  });
  expect(check({ KASMIX_UPLOAD_LIMIT: "lots" }).environment).toEqual({ KASMIX_UPLOAD_LIMIT: "1GiB" });
  expect(check({ KASMIX_WATERMARK: "極秘" }).environment).toEqual({
    KASMIX_WATERMARK: "KASMIX_WATERMARK is not valid",
  });
});

it("an empty variable counts as not set", () => {
  const { environment, records } = check({ TZ: "", KASM_SVC_AUDIO: " ", KASM_URL: "" });
  expect(environment).toEqual({});
  expect(records).toEqual([]);
});

// A misspelt setting had no effect, and nothing said so.
it.each([
  ["KASMIX_AUDIO_PROT", "KASMIX_AUDIO_PORT"],
  ["KASMIX_CLIPBORD_UP", "KASMIX_CLIPBOARD_UP"],
  ["VNC_RESOLUTON", "VNC_RESOLUTION"],
  ["MAX_FRAMERATE", "MAX_FRAME_RATE"],
  ["START_ULR", "START_URL"],
  ["KASM_SVC_UPLOAD", "KASM_SVC_UPLOADS"],
  ["NAV_SHIM_PROT", "NAV_SHIM_PORT"],
  ["MAXIMISE", "MAXIMIZE"],
  ["LC_TYPE", "LC_CTYPE"],
  ["kasmix_tls_cert", "KASMIX_TLS_CERT"],
])("the log says that there is no %s, and suggests %s", (name, meant) => {
  expect(check({ [name]: "secret" }).records).toEqual([
    {
      event: "setting.unknown",
      name,
      message: `${name} has no effect: there is no such setting. Did you mean ${meant}?`,
    },
  ]);
});

it("the log says so of an unlike name too, if it begins like ours, and never has its value", () => {
  const { records } = check({ VNC_SECRET_THING: "hunter2", KASMIX_: "hunter2" });
  expect(records.map(({ event }) => event)).toEqual(["setting.unknown", "setting.unknown"]);
  expect(JSON.stringify(records)).not.toContain("hunter2");
});

it("other variables are nobody's business: of the system, of Kasm, of links, of the workspace's apps", () => {
  const others = [
    ...[
      "PATH",
      "HOME",
      "HOSTNAME",
      "TERM",
      "LANGUAGE",
      "LOCPATH",
      "NODE_ENV",
      "http_proxy",
      "no_proxy",
      "DEBUG",
    ],
    ...[
      "APP_PORT",
      "HTTP_PORT",
      "UDP_PORT",
      "START",
      "LAUNCH",
      "DB_URL",
      "BASE_URL",
      "KASM_NEW_THING",
      "KASMVNC_X",
    ],
    ...["KASM_USER", "KASM_ID", "START_XFCE4", "MAXIMIZE_NAME", "KASMIX_TMP"],
    ...["KASMIX_DESKTOP_SERVICE_HOST", "KASMIX_DESKTOP_PORT_6901_TCP_ADDR", "LAUNCH_CLOAK", "CLOAK_ARGS"],
  ];
  const given = Object.fromEntries(others.map((name) => [name, "1"]));
  const { environment, records } = check({ ...given, KASMIX_DESKTOP_PORT: "tcp://10.0.0.7:6901" });
  expect(records).toEqual([]);
  expect(environment).toMatchObject(given);
});

it("the log says which settings are for what the workspace does not have", () => {
  const { records } = check(
    { KASM_URL: "https://a.example", CDP_PORT: "9000", START_URL: "https://b.example" },
    { apps: [], environment: { START_URL: "https://b.example" } } as never,
  );
  expect(records).toMatchObject([
    { event: "setting.unused", message: "KASM_URL has no effect: this workspace has no browser." },
    { event: "setting.unused", message: "CDP_PORT has no effect: this workspace has no URL launcher." },
  ]);
});
