import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  KASMVNC_DEFAULTS,
  KASMVNC_FLAGS,
  kasmVncFlags,
  withKasmVncDefaults,
} from "../../src/model/kasmvnc.ts";
import type { KasmVnc } from "../../src/model/kasmvnc-types.ts";
import { validateWorkspace } from "../../src/model/validate.ts";
import { TINY } from "./tiny.ts";

const SCHEMA = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../src/model/workspace.schema.json"), "utf8"),
);
const WINTER = new Date("2026-01-15T12:00:00Z");

interface Node {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly default?: unknown;
}

/** Every setting that the model has, with its default there. */
function settings(node: Node, path: readonly string[] = []): [key: string, standard: unknown][] {
  const { $ref, ...own } = node;
  const target: Node =
    $ref === undefined ? own : { ...SCHEMA.definitions[$ref.split("/").at(-1) ?? ""], ...own };
  if (target.properties === undefined) return [[path.join("."), target.default]];
  return Object.entries(target.properties).flatMap(([name, below]) => settings(below, [...path, name]));
}

const ALL = settings(SCHEMA.definitions.KasmVnc);
const flags = (given: KasmVnc) => kasmVncFlags(given, WINTER).join(" ");

/** The faults of the smallest workspace with these settings, one line each. */
function faultsOf(kasmvnc: object, display: object = { server: "kasmvnc" }): string[] {
  const workspace = { ...TINY, display: { ...display, kasmvnc } };
  return validateWorkspace(workspace, { folder: "/nowhere", name: "tiny" }).map(
    ({ path, message, fix }) => `${path}: ${message}. ${fix}`,
  );
}

describe("the flags of KasmVNC", () => {
  it("exist for every setting of the model, and for nothing else", () => {
    const known = KASMVNC_FLAGS.flatMap(({ keys }) => keys);
    expect(ALL.length).toBeGreaterThan(60);
    expect([...new Set(known)].sort()).toEqual(ALL.map(([key]) => key).sort());
  });

  it("are empty where nothing is set", () => {
    expect(kasmVncFlags({}, WINTER)).toEqual([]);
  });

  it("name switches, values, lists, and words by their numbers", () => {
    expect(flags({ keyboard: { raw_keyboard: true, remap_keys: ["0x22->0x40", "0x40->0x22"] } })).toBe(
      "-RemapKeys 0x22->0x40,0x40->0x22 -RawKeyboard=1",
    );
    expect(flags({ pointer: { enabled: false } })).toBe("-AcceptPointerEvents=0");
    expect(flags({ encoding: { compare_framebuffer: "always" } })).toBe("-CompareFB 1");
    const mode = {
      jpeg_quality: -1,
      max_resolution: { width: 1280, height: 720 },
      enter_video_encoding_mode: { area_threshold: "45%" },
      logging: { level: "info" },
    } as const;
    expect(flags({ encoding: { video_encoding_mode: mode } })).toBe(
      "-JpegVideoQuality -1 -MaxVideoResolution 1280x720 -VideoArea 45 -PrintVideoArea 1",
    );
  });

  it("put several settings into one, in Xvnc's order", () => {
    const visible_region = { top: "10", left: "20", right: "30", bottom: "-40" };
    expect(flags({ data_loss_prevention: { visible_region } })).toBe("-DLP_Region 20,10,30,-40");
    expect(flags({ network: { unix_relay: { name: "printer", path: "/tmp/printer" } } })).toBe(
      "-UnixRelay printer:/tmp/printer",
    );
    expect(flags({ logging: { log_writer_name: "all", level: 100 } })).toBe("-Log *:stdout:100");
  });

  it("give a time zone as its offset at that moment, and UTC for an unknown zone", () => {
    const offset = (timezone_name: string, now: Date) =>
      kasmVncFlags(
        { data_loss_prevention: { watermark: { text: { template: "%H", timezone_name } } } },
        now,
      ).at(-1);
    expect(offset("Australia/Adelaide", WINTER)).toBe("630");
    expect(offset("America/St_Johns", WINTER)).toBe("-210");
    expect(offset("Europe/Oslo", new Date("2026-07-15T12:00:00.789Z"))).toBe("120");
    expect(offset("Nowhere/Atall", WINTER)).toBe("0");
  });

  it("let no program turn the clipboard on, unless the workspace allows that", () => {
    expect(flags(withKasmVncDefaults({}))).toContain("-AllowOverride desktop ");
    const allowed = {
      runtime_configuration: {
        allow_override_standard_vnc_server_settings: true,
        allow_override_list: ["pointer.enabled"],
      },
    } as const;
    expect(flags(withKasmVncDefaults(allowed))).toMatch(/-AllowOverride desktop,AcceptPointerEvents /);
  });
});

describe("the defaults of KasmVNC's settings", () => {
  it("are what the model says", () => {
    const given = settingsOf(KASMVNC_DEFAULTS);
    const told = new Map(ALL);
    for (const [key, value] of given) expect([key, told.get(key) ?? "none told"]).toEqual([key, value]);
    expect(given.length).toBeGreaterThan(10);
  });

  it("are secure", () => {
    const secure = flags(withKasmVncDefaults({}));
    for (const flag of ["-DLP_Log off", "-SendPrimary=0", "-AllowOverride desktop"])
      expect(secure).toContain(flag);
  });

  it("stay where only other settings of their group are given, and a list replaces the list", () => {
    const allow_mimetypes = ["image/png"];
    const { data_loss_prevention, user_session } = withKasmVncDefaults({
      user_session: { idle_timeout: 5 },
      data_loss_prevention: { clipboard: { allow_mimetypes } },
    });
    expect(user_session).toMatchObject({ session_type: "shared", idle_timeout: 5 });
    expect(data_loss_prevention?.clipboard).toMatchObject({
      allow_mimetypes,
      client_to_server: { enabled: true },
    });
  });

  it("keep clients from undoing a restriction, and buttons from the hidden region", () => {
    const closed = { data_loss_prevention: { clipboard: { client_to_server: { enabled: false } } } };
    expect(flags(withKasmVncDefaults(closed))).toContain("-IgnoreClientSettingsKasm=1");
    expect(flags(withKasmVncDefaults({}))).toContain("-IgnoreClientSettingsKasm=0");
    const visible_region = { top: "0", left: "0", right: "50%", bottom: "50%" };
    expect(flags(withKasmVncDefaults({ data_loss_prevention: { visible_region } }))).toContain(
      "-DLP_RegionAllowClick=0 -DLP_RegionAllowRelease=0",
    );
  });
});

/** Every setting that is given, with its value. */
function settingsOf(group: object, path: readonly string[] = []): [key: string, value: unknown][] {
  return Object.entries(group).flatMap(([name, value]): [string, unknown][] =>
    typeof value === "object" && !Array.isArray(value)
      ? settingsOf(value, [...path, name])
      : [[[...path, name].join("."), value]],
  );
}

describe("the faults of KasmVNC's settings", () => {
  it("are empty in a workspace with many correct settings", () => {
    const kasmvnc: KasmVnc = {
      user_session: {
        session_type: "exclusive",
        new_session_disconnects_existing_exclusive_session: true,
        idle_timeout: 600,
      },
      keyboard: { remap_keys: ["0x22->0x40"] },
      data_loss_prevention: {
        visible_region: { top: "10%", left: "10%", right: "90%", bottom: "90%" },
        watermark: { text: { template: "kasm_user %H:%M", angle: -45 } },
      },
      encoding: { rect_encoding_mode: { min_quality: 2, max_quality: 9 } },
    };
    expect(faultsOf(kasmvnc)).toEqual([]);
  });

  it("are reported all at once, each with its place and what to do", () => {
    const wrong = {
      user_session: { new_session_disconnects_existing_exclusive_session: true },
      runtime_configuration: {
        allow_override_list: ["pointer.enabled"],
        allow_client_to_override_kasm_server_settings: true,
      },
      data_loss_prevention: {
        clipboard: { server_to_client: { enabled: false } },
        watermark: { image: "/etc/mark.png", text: { template: "x" } },
      },
      encoding: { rect_encoding_mode: { min_quality: 9 } },
    };
    expect(faultsOf(wrong, {})).toMatchInlineSnapshot(`
      [
        "display.kasmvnc: is for KasmVNC, but the display server is tigervnc. Set \`display.server: "kasmvnc"\`, or remove it.",
        "display.kasmvnc.user_session.new_session_disconnects_existing_exclusive_session: has no effect while sessions are shared. Set \`session_type: "exclusive"\` beside it, or remove it.",
        "display.kasmvnc.runtime_configuration.allow_override_list: lists settings that may be changed, but changes are not allowed. Set \`allow_override_standard_vnc_server_settings: true\` beside it, or remove it.",
        "display.kasmvnc.runtime_configuration.allow_client_to_override_kasm_server_settings: lets a client turn the restricted clipboard on again. Remove it.",
        "display.kasmvnc.data_loss_prevention.watermark.text: cannot be shown together with an image. Keep one of the two.",
        "display.kasmvnc.encoding.rect_encoding_mode.min_quality: is 9, but max_quality is 8. Raise max_quality, or lower this.",
      ]
    `);
  });

  it("refuse values and names that KasmVNC would not take", () => {
    const wrong = {
      keyboard: { remap_keys: ["a->b"] },
      data_loss_prevention: { visible_region: { top: "1em", left: "0", right: "0" } },
      encoding: { max_frame_rate: 30, compare_framebuffer: "sometimes" },
    };
    expect(faultsOf(wrong)).toMatchInlineSnapshot(`
      [
        "display.kasmvnc.keyboard.remap_keys[0]: expected two X key symbols; the first key acts as the second: \`0x22->0x40\`, got "a->b". It must match ^0x[0-9A-Fa-f]+->0x[0-9A-Fa-f]+$",
        "display.kasmvnc.data_loss_prevention.visible_region.bottom: is missing. Add \`bottom\`.",
        "display.kasmvnc.data_loss_prevention.visible_region.top: expected pixels or percent: \`10\`, \`40%\`, \`-10\`, got "1em". It must match ^(-?[0-9]+|[0-9]+%)$",
        "display.kasmvnc.encoding.max_frame_rate: is not a known field. Remove it; known here are rect_encoding_mode, video_encoding_mode, video_streaming_mode, compare_framebuffer, zrle_zlib_level, hextile_improved_compression, scrolling.",
        "display.kasmvnc.encoding.compare_framebuffer: expected one of "off", "always", "auto", got "sometimes". Use one of them.",
      ]
    `);
  });

  it("name a release where KasmVNC does not come from one", () => {
    expect(faultsOf({ pointer: { game_mode: true } })).toEqual([
      expect.stringMatching(/game_mode.*from: "release"/),
    ]);
    expect(faultsOf({ pointer: { game_mode: true } }, { server: "kasmvnc", from: "release" })).toEqual([]);
    expect(faultsOf({}, { from: "release" })).toEqual([
      expect.stringMatching(/^display.kasmvnc:/),
      expect.stringMatching(/^display.from: is for KasmVNC/),
    ]);
  });

  // Each of these ended the real program at its start, or crashed it. A graphics card or a watermark that is missing is
  // known in the container only (test/runtime/kasmvnc/command.test.ts).
  it.each<[setting: string, kasmvnc: object]>([
    ["network.interface", { network: { interface: "all" } }],
    ["network.udp", { network: { udp: { payload_size: 1 } } }],
    ["network.udp", { network: { udp: { public_ip: "auto" } } }],
    ["logging.log_writer_name", { logging: { log_writer_name: "Nobody" } }],
    [
      "data_loss_prevention.visible_region",
      { data_loss_prevention: { visible_region: { top: "10", left: "0", right: "50%", bottom: "50%" } } },
    ],
    [
      "data_loss_prevention.visible_region.left",
      { data_loss_prevention: { visible_region: { top: "0%", left: "-5%", right: "50%", bottom: "50%" } } },
    ],
    [
      "data_loss_prevention.clipboard.server_to_client.size",
      { data_loss_prevention: { clipboard: { server_to_client: { size: 2 ** 31 } } } },
    ],
    [
      "data_loss_prevention.clipboard.client_to_server.size",
      { data_loss_prevention: { clipboard: { client_to_server: { size: 2 ** 31 } } } },
    ],
    [
      "data_loss_prevention.watermark.text.font_size",
      { data_loss_prevention: { watermark: { text: { template: "x", font_size: 20 } } } },
    ],
    [
      "encoding.video_encoding_mode.scaling_algorithm",
      { encoding: { video_encoding_mode: { scaling_algorithm: "bilinear" } } },
    ],
  ])("name %s where KasmVNC would not start", (setting, kasmvnc) => {
    expect(faultsOf(kasmvnc)).toEqual([expect.stringMatching(`^display.kasmvnc.${setting}: .+\\. .+`)]);
  });
});
