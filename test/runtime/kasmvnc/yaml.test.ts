import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { KasmVnc } from "../../../src/model/kasmvnc-types.ts";
import { withKasmVncYaml } from "../../../src/runtime/kasmvnc/yaml.ts";
import { memoryLog } from "../memory-log.ts";

let folder: string;
let system: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kasmix-yaml-"));
  system = join(folder, "kasmvnc.yaml");
  mkdirSync(join(folder, ".vnc"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The settings from these files, and what the log says of each fault: line and message without the path. */
function read(files: { system?: string; home?: string }, settings: KasmVnc = {}) {
  const { log, events } = memoryLog();
  if (files.system !== undefined) writeFileSync(system, files.system);
  if (files.home !== undefined) writeFileSync(join(folder, ".vnc/kasmvnc.yaml"), files.home);
  const merged = withKasmVncYaml(settings, folder, log, system);
  const faults = events("kasmvnc.yaml").map(({ line, message }) => [
    line,
    String(message).replace(/^\S+:\d+: /, ""),
  ]);
  return { merged, faults };
}

it("leaves the workspace's settings alone without files, or with empty ones", () => {
  const settings: KasmVnc = { user_session: { idle_timeout: 9 } };
  expect(read({}, settings)).toEqual({ merged: settings, faults: [] });
  expect(read({ system: "", home: "# nothing\n" }, settings)).toEqual({ merged: settings, faults: [] });
});

it("puts the system's file over the workspace, and the home's over that, group by group", () => {
  const workspace: KasmVnc = { user_session: { idle_timeout: 9 }, keyboard: { raw_keyboard: true } };
  const { merged, faults } = read(
    {
      system: "user_session: {session_type: exclusive, idle_timeout: 60}\nencoding: {zrle_zlib_level: 3}\n",
      home: "user_session: {idle_timeout: 120}\n",
    },
    workspace,
  );
  expect(merged).toEqual({
    user_session: { session_type: "exclusive", idle_timeout: 120 },
    keyboard: { raw_keyboard: true },
    encoding: { zrle_zlib_level: 3 },
  });
  expect(faults).toEqual([]);
});

it("takes KasmVNC's words for its own defaults without a complaint", () => {
  const text = `
user_session:
  idle_timeout: never
data_loss_prevention:
  keyboard: {rate_limit: unlimited}
  clipboard:
    delay_between_operations: none
    server_to_client: {size: unlimited, enabled: true}
  visible_region: {top: 10, left: 20, right: 300, bottom: -40}
encoding:
  rect_encoding_mode: {rectangle_compress_threads: auto}
  compare_framebuffer: auto
`;
  expect(read({ system: text })).toEqual({
    merged: {
      user_session: {},
      data_loss_prevention: {
        keyboard: {},
        clipboard: { server_to_client: { enabled: true } },
        visible_region: { top: "10", left: "20", right: "300", bottom: "-40" },
      },
      encoding: { rect_encoding_mode: {}, compare_framebuffer: "auto" },
    },
    faults: [],
  });
});

it("names each fault with its line, and takes the rest", () => {
  const text = `desktop:
  pixel_depth: 15
  resolution: {width: 1024, height: 768}
network:
  ssl:
    require_ssl: false
  udp: {public_ip: auto}
keyboard:
  remap_keys:
    - 0x22->0x40
    - a->b
encodin:
  zrle_zlib_level: 3
data_loss_prevention:
  visible_region: {top: 0, left: 0, right: 50%, bottom: 50%}
encoding:
  rect_encoding_mode:
    min_quality: 9
    max_quality: 2
  scrolling: {detect_vertical_scrolling: true}
`;
  const { merged, faults } = read({ system: text });
  expect(faults).toMatchInlineSnapshot(`
    [
      [
        2,
        "desktop.pixel_depth expected one of 16, 24, 32, got 15; it is left out. Use one of them.",
      ],
      [
        3,
        "desktop.resolution is left out: set VNC_RESOLUTION.",
      ],
      [
        5,
        "network.ssl is left out: set KASMIX_TLS_CERT and KASMIX_TLS_KEY.",
      ],
      [
        7,
        "network.udp is left out: Kasmix's gateway serves the network (docs/operate/runtime.md).",
      ],
      [
        11,
        "keyboard.remap_keys[1] expected two X key symbols; the first key acts as the second: \`0x22->0x40\`, got "a->b"; it is left out. It must match ^0x[0-9A-Fa-f]+->0x[0-9A-Fa-f]+$",
      ],
      [
        12,
        "encodin is not a known field; it is left out. Did you mean "encoding"?",
      ],
      [
        15,
        "data_loss_prevention.visible_region mixes pixels and percent: 0, 0, 50%, 50%; it is left out. Give all four in the same unit.",
      ],
      [
        18,
        "encoding.rect_encoding_mode.min_quality is 9, but max_quality is 2; it is left out. Raise max_quality, or lower this.",
      ],
    ]
  `);
  expect(merged).toMatchObject({
    keyboard: { remap_keys: ["0x22->0x40"] },
    encoding: { scrolling: { detect_vertical_scrolling: true } },
  });
});

it("uses no file that is not YAML, and says in which line", () => {
  const { merged, faults } = read({ system: "desktop:\n  allow_resize: {\n", home: "desktop: [" });
  expect(merged).toEqual({});
  expect(faults.map(([line]) => line)).toEqual([3, 1]);
  expect(read({ system: "- a\n- b\n", home: "" }).faults).toMatchObject([
    [1, expect.stringContaining("not contain settings")],
  ]);
});

// The clipboard that an administrator had closed would be open after the next start.
it("lets the home's file change no restriction", () => {
  const closed: KasmVnc = { data_loss_prevention: { clipboard: { server_to_client: { enabled: false } } } };
  const home = `data_loss_prevention:
  clipboard: {server_to_client: {enabled: true}}
runtime_configuration:
  allow_client_to_override_kasm_server_settings: true
`;
  const { merged, faults } = read({ home }, closed);
  expect(merged).toEqual(closed);
  expect(faults).toEqual([
    [1, expect.stringContaining("whoever uses the desktop can write the home")],
    [3, expect.stringContaining("runtime_configuration is left out")],
  ]);
  expect(read({ system: home, home: "" }, closed).merged).toMatchObject({
    data_loss_prevention: { clipboard: { server_to_client: { enabled: true } } },
  });
});
