import { describe, expect, it } from "vitest";
import { KASMVNC_FLAGS } from "../../../src/model/kasmvnc.ts";
import type { KasmVnc } from "../../../src/model/kasmvnc-types.ts";
import { readConfig } from "../../../src/runtime/boot/config.ts";
import { kasmVncCommand } from "../../../src/runtime/kasmvnc/command.ts";
import { readCommandLine } from "../fixtures/kasmvnc/contract.mjs";
import { memoryLog } from "../memory-log.ts";

const FILES = {
  xvnc: "/opt/kasmix/kasmvnc/bin/Xvnc",
  www: "/www",
  certificate: "/run/kasmvnc.pem",
  passwords: "/home/kasm-user/.kasmpasswd",
  authority: "/run/Xauthority",
};

function command(environment: NodeJS.ProcessEnv = {}, kasmvnc?: KasmVnc): string[] {
  const { log } = memoryLog();
  const display = { resolution: "1280x720", frameRate: 60, ...(kasmvnc ? { kasmvnc } : {}) };
  const config = { ...readConfig("/nowhere", log), title: "Test", display };
  return kasmVncCommand({ config, environment, files: FILES, port: 6901, log });
}

const options = (environment?: NodeJS.ProcessEnv, kasmvnc?: KasmVnc) =>
  readCommandLine(command(environment, kasmvnc).slice(1));

describe("the command of KasmVNC", () => {
  it("answers plain HTTP too with KASMIX_TLS=0", () => {
    expect(command({ KASMIX_TLS: "0" })).toContain("-sslOnly=0");
    expect(command({ KASMIX_TLS: "1" })).toContain("-sslOnly=1");
  });

  it("without any settings", () => {
    expect(command().join(" ").replaceAll(" -", "\n-").split("\n")).toMatchInlineSnapshot(`
      [
        "/opt/kasmix/kasmvnc/bin/Xvnc :1",
        "-AcceptSetDesktopSize=1",
        "-depth 24",
        "-interface 0.0.0.0",
        "-PublicIP 127.0.0.1",
        "-sslOnly=1",
        "-AlwaysShared=1",
        "-DisconnectClients=0",
        "-IgnoreClientSettingsKasm=0",
        "-AllowOverride desktop",
        "-Log *:stdout:30",
        "-BlacklistThreshold 5",
        "-BlacklistTimeout 10",
        "-DLP_ClipTypes chromium/x-web-custom-data,text/html,image/png",
        "-SendCutText=1",
        "-DLP_ClipSendMax 16777216",
        "-SendPrimary=0",
        "-AcceptCutText=1",
        "-DLP_ClipAcceptMax 16777216",
        "-DLP_Log off",
        "-http-header Cross-Origin-Embedder-Policy=require-corp",
        "-http-header Cross-Origin-Opener-Policy=same-origin",
        "-MaxCutText 16777216",
        "-geometry 1280x720",
        "-FrameRate 60",
        "-websocketPort 6901",
        "-httpd /www",
        "-cert /run/kasmvnc.pem",
        "-key /run/kasmvnc.pem",
        "-KasmPasswordFile /home/kasm-user/.kasmpasswd",
        "-SecurityTypes None",
        "-auth /run/Xauthority",
        "-nolisten tcp",
        "-nolisten local",
        "-noreset",
        "-s 0",
        "-desktop Test",
        "-displayfd 3",
      ]
    `);
  });

  it("has the requested screen, and ignores invalid values", () => {
    const asked = { VNC_RESOLUTION: "1920x1080", MAX_FRAME_RATE: "24", DISPLAY: ":7" };
    expect(options(asked)).toMatchObject({ geometry: "1920x1080", framerate: "24", display: 7 });
    expect(options({ VNC_RESOLUTION: "big", MAX_FRAME_RATE: "1000" })).toMatchObject({
      geometry: "1280x720",
      framerate: "60",
    });
  });

  it("lets the environment restrict the clipboard, but not open it", () => {
    expect(options({ KASMIX_CLIPBOARD_UP: "0" })).toMatchObject({
      acceptcuttext: false,
      sendcuttext: true,
      // Otherwise the client would switch it on again.
      ignoreclientsettingskasm: true,
    });
    expect(options({ KASM_SVC_SEND_CUT_TEXT: "-SendCutText 0" })).toMatchObject({ sendcuttext: false });
    const closed = { data_loss_prevention: { clipboard: { server_to_client: { enabled: false } } } };
    expect(options({ KASMIX_CLIPBOARD_DOWN: "1" }, closed)).toMatchObject({ sendcuttext: false });
    expect(options()).toMatchObject({ ignoreclientsettingskasm: false });
  });

  it("uses the smaller of the clipboard's two limits", () => {
    const sizes = (size: number) => ({ data_loss_prevention: { clipboard: { client_to_server: { size } } } });
    const limited = { KASMIX_CLIPBOARD_LIMIT: "500KiB" };
    expect(options(limited, sizes(1000))).toMatchObject({
      dlp_clipacceptmax: "1000",
      dlp_clipsendmax: "512000",
    });
    expect(options(limited, sizes(10 ** 9))).toMatchObject({
      dlp_clipacceptmax: "512000",
      maxcuttext: "512000",
    });
  });

  it("lets VNCOPTIONS override settings, but not access", () => {
    const VNCOPTIONS = "-FrameRate 10 -BlacklistThreshold=0 -KasmPasswordFile /tmp/x -SecurityTypes VncAuth";
    expect(options({ VNCOPTIONS, MAX_FRAME_RATE: "24" })).toMatchObject({
      framerate: "10",
      blacklistthreshold: "0",
      kasmpasswordfile: FILES.passwords,
      securitytypes: "None",
    });
  });

  it("keeps the options that Kasmix sets", () => {
    const own = [
      "geometry",
      "FrameRate",
      "websocketPort",
      "httpd",
      "cert",
      "key",
      "KasmPasswordFile",
      "auth",
    ];
    expect(KASMVNC_FLAGS.filter(({ flag }) => own.includes(flag))).toEqual([]);
  });
});
