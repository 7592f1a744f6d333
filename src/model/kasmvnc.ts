import type { KasmVnc, KasmVncDataLossPrevention } from "./kasmvnc-types.ts";

/** A flag of KasmVNC's Xvnc, and the settings of kasmvnc.yaml that it comes from. */
export interface KasmVncFlag {
  /** As in kasmvnc.yaml, with dots between the groups. The flag is given when all of them are set. */
  readonly keys: readonly string[];
  /** Its name, without the dash. */
  readonly flag: string;
  /** The words of the command line, from the settings in the order of `keys`. */
  words(values: readonly Value[], now: Date): readonly string[];
}

type Value = string | number | boolean | readonly string[];

/**
 * Kasmix's defaults: several visitors, and no program may turn the clipboard on again. The rest are defaults of
 * kasmvnc.yaml that Xvnc does not have.
 */
export const KASMVNC_DEFAULTS: KasmVnc = {
  desktop: { allow_resize: true, pixel_depth: 24 },
  user_session: { session_type: "shared", new_session_disconnects_existing_exclusive_session: false },
  keyboard: { ignore_numlock: false },
  runtime_configuration: { allow_override_standard_vnc_server_settings: false },
  logging: { log_writer_name: "all", level: 30 },
  data_loss_prevention: {
    clipboard: {
      allow_mimetypes: ["chromium/x-web-custom-data", "text/html", "image/png"],
      server_to_client: { enabled: true, primary_clipboard_enabled: false },
      client_to_server: { enabled: true },
    },
    logging: { level: "off" },
  },
};

/**
 * A workspace's settings over those of `KASMVNC_DEFAULTS`, group by group; a list replaces a list. Where the
 * clipboard is restricted, clients may not change settings, unless the workspace sets that.
 */
export function withKasmVncDefaults(settings: KasmVnc): KasmVnc {
  const merged: KasmVnc = mergeKasmVnc(KASMVNC_DEFAULTS, settings);
  const { server_to_client: down, client_to_server: up } = merged.data_loss_prevention?.clipboard ?? {};
  const allowed = down?.enabled !== false && up?.enabled !== false;
  const byRestriction: KasmVnc = {
    runtime_configuration: { allow_client_to_override_kasm_server_settings: allowed },
  };
  const region = merged.data_loss_prevention?.visible_region;
  const byRegion =
    region === undefined ? {} : { data_loss_prevention: { visible_region: concealing(region) } };
  return mergeKasmVnc(mergeKasmVnc(byRestriction, merged), byRegion);
}

/** Settings over others, group by group; a list replaces a list, and undefined replaces nothing. */
export function mergeKasmVnc<Below extends object, Above extends object>(below: Below, above: Above) {
  return merge(below as Group, above as Group) as Below & Above;
}

/**
 * The flags of Xvnc that stand for these settings, as words of a command line; the last of two wins. `now` is the
 * time for which a zone's offset is wanted. Source of names and values: KasmVNC's manual page and its start script.
 */
export function kasmVncFlags(settings: KasmVnc, now: Date): string[] {
  return KASMVNC_FLAGS.flatMap(({ keys, words }) => {
    const values = keys.map((key) => valueAt(settings, key));
    return values.every((value) => value !== undefined) ? words(values as Value[], now) : [];
  });
}

/** Every setting with its flag. */
export const KASMVNC_FLAGS: readonly KasmVncFlag[] = [
  toggle("desktop.allow_resize", "AcceptSetDesktopSize"),
  option("desktop.pixel_depth", "depth"),
  bare("desktop.gpu.hw3d", "hw3d"),
  option("desktop.gpu.drinode", "drinode"),
  joined(["network.unix_relay.name", "network.unix_relay.path"], "UnixRelay", ":"),
  when("shared", "user_session.session_type", "AlwaysShared"),
  when("exclusive", "user_session.session_type", "NeverShared"),
  toggle("user_session.new_session_disconnects_existing_exclusive_session", "DisconnectClients"),
  toggle("user_session.concurrent_connections_prompt", "QueryConnect"),
  option("user_session.concurrent_connections_prompt_timeout", "QueryConnectTimeout"),
  option("user_session.idle_timeout", "IdleTimeout"),
  option("keyboard.remap_keys", "RemapKeys"),
  toggle("keyboard.ignore_numlock", "AvoidShiftNumLock"),
  toggle("keyboard.raw_keyboard", "RawKeyboard"),
  toggle("pointer.enabled", "AcceptPointerEvents"),
  toggle("pointer.game_mode", "ForceGameMode"),
  {
    ...toggle("runtime_configuration.allow_client_to_override_kasm_server_settings", ""),
    flag: "IgnoreClientSettingsKasm",
    words: ([allowed]) => [`-IgnoreClientSettingsKasm=${Number(!allowed)}`],
  },
  {
    keys: ["runtime_configuration.allow_override_standard_vnc_server_settings"],
    flag: "AllowOverride",
    // Xvnc's own list lets programs turn the clipboard on, so it is always replaced; a desktop may be renamed.
    words: ([allowed]) => (allowed ? [] : ["-AllowOverride", "desktop"]),
  },
  {
    keys: ["runtime_configuration.allow_override_list"],
    flag: "AllowOverride",
    words: ([list]) => ["-AllowOverride", ["desktop", ...listOf(list).map(flagOf)].join(",")],
  },
  {
    keys: ["logging.log_writer_name", "logging.level"],
    flag: "Log",
    // To stdout, which the supervisor reads.
    words: ([name, level]) => ["-Log", `${name === "all" ? "*" : name}:stdout:${level}`],
  },
  joined(
    ["left", "top", "right", "bottom"].map((edge) => `data_loss_prevention.visible_region.${edge}`),
    "DLP_Region",
    ",",
  ),
  toggle("data_loss_prevention.visible_region.concealed_region.allow_click_down", "DLP_RegionAllowClick"),
  toggle(
    "data_loss_prevention.visible_region.concealed_region.allow_click_release",
    "DLP_RegionAllowRelease",
  ),
  option("data_loss_prevention.clipboard.delay_between_operations", "DLP_ClipDelay"),
  option("data_loss_prevention.clipboard.allow_mimetypes", "DLP_ClipTypes"),
  toggle("data_loss_prevention.clipboard.server_to_client.enabled", "SendCutText"),
  option("data_loss_prevention.clipboard.server_to_client.size", "DLP_ClipSendMax"),
  toggle("data_loss_prevention.clipboard.server_to_client.primary_clipboard_enabled", "SendPrimary"),
  toggle("data_loss_prevention.clipboard.client_to_server.enabled", "AcceptCutText"),
  option("data_loss_prevention.clipboard.client_to_server.size", "DLP_ClipAcceptMax"),
  toggle("data_loss_prevention.keyboard.enabled", "AcceptKeyEvents"),
  option("data_loss_prevention.keyboard.rate_limit", "DLP_KeyRateLimit"),
  option("data_loss_prevention.watermark.image", "DLP_WatermarkImage"),
  option("data_loss_prevention.watermark.location", "DLP_WatermarkLocation"),
  option("data_loss_prevention.watermark.tint", "DLP_WatermarkTint"),
  option("data_loss_prevention.watermark.repeat_spacing", "DLP_WatermarkRepeatSpace"),
  option("data_loss_prevention.watermark.text.template", "DLP_WatermarkText"),
  option("data_loss_prevention.watermark.text.font", "DLP_WatermarkFont"),
  {
    keys: ["data_loss_prevention.watermark.text.timezone_name"],
    flag: "DLP_WatermarkTimeOffsetMinutes",
    words: ([zone], now) => ["-DLP_WatermarkTimeOffsetMinutes", String(minutesEast(String(zone), now))],
  },
  option("data_loss_prevention.watermark.text.angle", "DLP_WatermarkTextAngle"),
  option("data_loss_prevention.logging.level", "DLP_Log"),
  option("encoding.rect_encoding_mode.min_quality", "DynamicQualityMin"),
  option("encoding.rect_encoding_mode.max_quality", "DynamicQualityMax"),
  option("encoding.rect_encoding_mode.consider_lossless_quality", "TreatLossless"),
  option("encoding.rect_encoding_mode.rectangle_compress_threads", "RectThreads"),
  option("encoding.video_encoding_mode.jpeg_quality", "JpegVideoQuality"),
  option("encoding.video_encoding_mode.webp_quality", "WebpVideoQuality"),
  joined(
    ["width", "height"].map((side) => `encoding.video_encoding_mode.max_resolution.${side}`),
    "MaxVideoResolution",
    "x",
  ),
  option("encoding.video_encoding_mode.enter_video_encoding_mode.time_threshold", "VideoTime"),
  percent("encoding.video_encoding_mode.enter_video_encoding_mode.area_threshold", "VideoArea"),
  option("encoding.video_encoding_mode.exit_video_encoding_mode.time_threshold", "VideoOutTime"),
  named("encoding.video_encoding_mode.logging.level", "PrintVideoArea", ["off", "info"]),
  option("encoding.video_encoding_mode.webp_encoding_time", "WebpEncodingTime"),
  option("encoding.video_streaming_mode.codec", "videoCodec"),
  named("encoding.compare_framebuffer", "CompareFB", ["off", "always", "auto"]),
  option("encoding.zrle_zlib_level", "ZlibLevel"),
  toggle("encoding.hextile_improved_compression", "ImprovedHextile"),
  toggle("encoding.scrolling.detect_vertical_scrolling", "DetectScrolling"),
  toggle("encoding.scrolling.detect_horizontal_scrolling", "DetectHorizontal"),
  percent("encoding.scrolling.scroll_detect_threshold", "ScrollDetectLimit"),
  option("server.advanced.x_font_path", "fp"),
  option("server.auto_shutdown.no_user_session_timeout", "MaxDisconnectionTime"),
  option("server.auto_shutdown.active_user_session_timeout", "MaxConnectionTime"),
  option("server.auto_shutdown.inactive_user_session_timeout", "MaxIdleTime"),
];

type Region = NonNullable<KasmVncDataLossPrevention["visible_region"]>;

/** The hidden part gets no clicks; Xvnc would let a button be released there. */
function concealing(region: Region): Region {
  const concealed = { allow_click_down: false, allow_click_release: false, ...region.concealed_region };
  return { ...region, concealed_region: concealed };
}

/** On or off. */
function toggle(key: string, flag: string): KasmVncFlag {
  return { keys: [key], flag, words: ([on]) => [`-${flag}=${Number(on)}`] };
}

/** A flag of the X server itself, without a value. */
function bare(key: string, flag: string): KasmVncFlag {
  return { keys: [key], flag, words: ([on]) => (on ? [`-${flag}`] : []) };
}

/** A value as it stands; a list separated by commas. */
function option(key: string, flag: string): KasmVncFlag {
  return { keys: [key], flag, words: ([value]) => [`-${flag}`, String(value)] };
}

function joined(keys: readonly string[], flag: string, separator: string): KasmVncFlag {
  return { keys, flag, words: (values) => [`-${flag}`, values.join(separator)] };
}

function when(wanted: string, key: string, flag: string): KasmVncFlag {
  return { keys: [key], flag, words: ([value]) => (value === wanted ? [`-${flag}=1`] : []) };
}

function percent(key: string, flag: string): KasmVncFlag {
  return { keys: [key], flag, words: ([value]) => [`-${flag}`, String(value).replace("%", "")] };
}

/** A name, which Xvnc takes as its index in a list. */
function named(key: string, flag: string, names: readonly string[]): KasmVncFlag {
  return { keys: [key], flag, words: ([value]) => [`-${flag}`, String(names.indexOf(String(value)))] };
}

function flagOf(key: string): string {
  return KASMVNC_FLAGS.find(({ keys }) => keys.includes(key))?.flag ?? key;
}

function listOf(value: Value | undefined): readonly string[] {
  return Array.isArray(value) ? value : [];
}

/** Minutes that a zone's clocks are ahead of UTC; 0 for an unknown zone. */
function minutesEast(zone: string, now: Date): number {
  try {
    const there = new Date(`${now.toLocaleString("sv-SE", { timeZone: zone }).replace(" ", "T")}Z`);
    return Math.round((there.getTime() - now.getTime()) / 60_000);
  } catch {
    return 0;
  }
}

type Group = Readonly<Record<string, unknown>>;

function valueAt(settings: KasmVnc, key: string): unknown {
  return key
    .split(".")
    .reduce<unknown>((group, name) => (isGroup(group) ? group[name] : undefined), settings);
}

function merge(below: Group, above: Group): Group {
  const changed = Object.entries(above).filter(([, value]) => value !== undefined);
  return {
    ...below,
    ...Object.fromEntries(
      changed.map(([name, value]) => {
        const old = below[name];
        return [name, isGroup(old) && isGroup(value) ? merge(old, value) : value];
      }),
    ),
  };
}

function isGroup(value: unknown): value is Group {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
