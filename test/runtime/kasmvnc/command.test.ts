import { describe, expect, it } from "vitest";
import { KASMVNC_FLAGS } from "../../../src/model/kasmvnc.ts";
import type { KasmVnc } from "../../../src/model/kasmvnc-types.ts";
import { readConfig } from "../../../src/runtime/boot/config.ts";
import { kasmVncCommand } from "../../../src/runtime/kasmvnc/command.ts";
import { PARAMETERS, readCommandLine } from "../fixtures/kasmvnc/contract.mjs";
import { memoryLog } from "../memory-log.ts";

const FILES = {
  xvnc: "/opt/kasmix/kasmvnc/bin/Xvnc",
  www: "/www",
  passwords: "/run/kasmpasswd",
  authority: "/run/Xauthority",
};

function command(environment: NodeJS.ProcessEnv = {}, kasmvnc?: KasmVnc): string[] {
  const { log } = memoryLog();
  const display = { resolution: "1280x720", frameRate: 60, ...(kasmvnc ? { kasmvnc } : {}) };
  const config = { ...readConfig("/nowhere", log), title: "Test", display };
  return kasmVncCommand({ config, environment, files: FILES, port: 40123, log });
}

const options = (environment?: NodeJS.ProcessEnv, kasmvnc?: KasmVnc) =>
  readCommandLine(command(environment, kasmvnc).slice(1));

describe("the command of KasmVNC", () => {
  it("without any settings", () => {
    expect(command().join(" ").replaceAll(" -", "\n-").split("\n")).toMatchInlineSnapshot(`
      [
        "/opt/kasmix/kasmvnc/bin/Xvnc :1",
        "-AcceptSetDesktopSize=1",
        "-depth 24",
        "-AlwaysShared=1",
        "-DisconnectClients=0",
        "-AvoidShiftNumLock=0",
        "-IgnoreClientSettingsKasm=0",
        "-AllowOverride desktop",
        "-Log *:stdout:30",
        "-DLP_ClipTypes chromium/x-web-custom-data,text/html,image/png",
        "-SendCutText=1",
        "-DLP_ClipSendMax 16777216",
        "-SendPrimary=0",
        "-AcceptCutText=1",
        "-DLP_ClipAcceptMax 16777216",
        "-DLP_Log off",
        "-geometry 1280x720",
        "-FrameRate 60",
        "-interface 127.0.0.1",
        "-UseIPv6=0",
        "-sslOnly=0",
        "-BlacklistThreshold 0",
        "-PublicIP 127.0.0.1",
        "-websocketPort 40123",
        "-httpd /www",
        "-KasmPasswordFile /run/kasmpasswd",
        "-SecurityTypes None",
        "-auth /run/Xauthority",
        "-nolisten tcp",
        "-nolisten local",
        "-noreset",
        "-s 0",
        "-FreeKeyMappings=1",
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

  // No setting of the platform reached the display server, and nothing said so.
  it("draws by the GPU that Kasm's variables ask for", () => {
    expect(options({ HW3D: "1", KASM_RENDERD: "/dev/null" })).toMatchObject({
      hw3d: true,
      drinode: "/dev/null",
    });
    expect(options({ DRINODE: "/dev/null", KASM_RENDERD: "/dev/zero" })).toMatchObject({
      drinode: "/dev/null",
    });
    expect(options({ HW3D: "0" })).not.toHaveProperty("hw3d");
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
    expect(options(limited, sizes(10 ** 9))).toMatchObject({ dlp_clipacceptmax: "512000" });
  });

  it("lets VNCOPTIONS override settings, but neither access nor the network", () => {
    const VNCOPTIONS =
      "-RectThreads 3 -BlacklistThreshold=5 -interface 0.0.0.0 -KasmPasswordFile /tmp/x -SecurityTypes VncAuth";
    expect(options({ VNCOPTIONS })).toMatchObject({
      rectthreads: "3",
      blacklistthreshold: "0",
      interface: "127.0.0.1",
      kasmpasswordfile: FILES.passwords,
      securitytypes: "None",
    });
  });

  // With either, the real program ends at its start.
  it("leaves out what the program at hand would end with, and says so", () => {
    const { log, events } = memoryLog();
    const kasmvnc: KasmVnc = {
      desktop: { pixel_depth: 16, gpu: { hw3d: true, drinode: "/dev/no-card" } },
      pointer: { enabled: false, game_mode: true },
      data_loss_prevention: { watermark: { image: "/no-mark.png" }, keyboard: { rate_limit: 9 } },
    };
    const display = { resolution: "1280x720", frameRate: 60, kasmvnc };
    const config = { ...readConfig("/nowhere", log), display };
    const words = kasmVncCommand({ config, environment: {}, files: FILES, port: 1, log });
    expect(words.join(" ")).not.toMatch(/hw3d|drinode|Watermark|GameMode/);
    expect(readCommandLine(words.slice(1))).toMatchObject({
      depth: "16",
      acceptpointerevents: false,
      dlp_keyratelimit: "9",
    });
    expect(events("kasmvnc.left-out").map(({ path }) => path)).toEqual([
      "/dev/no-card",
      FILES.xvnc,
      "/no-mark.png",
    ]);
    const released = { ...FILES, xvnc: "/usr/bin/Xkasmvnc" };
    expect(kasmVncCommand({ config, environment: {}, files: released, port: 1, log })).toContain(
      "-ForceGameMode=1",
    );
  });

  it("uses only options that the real program has", () => {
    const flags = KASMVNC_FLAGS.map(({ flag }) => flag.toLowerCase());
    // The last is the release's.
    const xServer = ["depth", "hw3d", "drinode", "unixrelay", "fp", "forcegamemode"];
    expect(flags.filter((flag) => !PARAMETERS.has(flag) && !xServer.includes(flag))).toEqual([]);
  });

  it("keeps the options that Kasmix sets", () => {
    const own = ["geometry", "FrameRate", "interface", "websocketPort", "httpd", "KasmPasswordFile", "auth"];
    expect(KASMVNC_FLAGS.filter(({ flag }) => own.includes(flag))).toEqual([]);
  });
});
