import type { Fault } from "./error.ts";
import type { KasmVnc } from "./kasmvnc-types.ts";
import type { Lenient } from "./lenient.ts";
import type { Display, Workspace } from "./types.ts";

/** A screen that is too large; KasmVNC's settings without KasmVNC, or in conflict with each other. */
export function displayFaults({ display, base }: Lenient<Workspace>): Fault[] {
  const { resolution, kasmvnc } = display ?? {};
  const below = (fault: Fault) => ({ ...fault, path: `display.${fault.path}` });
  return [
    ...sizeFaults(resolution),
    ...[...serverFaults(display ?? {}), ...baseFaults(display ?? {}, base)].map(below),
    ...(kasmvnc === undefined ? [] : kasmVncFaults(kasmvnc)).map((fault) =>
      below({ ...fault, path: `kasmvnc.${fault.path}` }),
    ),
  ];
}

function serverFaults({ server, from, kasmvnc }: Lenient<Display>): Fault[] {
  const isKasmVnc = server === "kasmvnc";
  const misplaced = "is for KasmVNC, but the display server is tigervnc";
  const fix = 'Set `display.server: "kasmvnc"`, or remove it.';
  const isNewer = kasmvnc?.pointer?.game_mode !== undefined && isKasmVnc && from !== "release";
  return [
    ...faultIf(kasmvnc !== undefined && !isKasmVnc, ["kasmvnc"], misplaced, fix),
    ...faultIf(from !== undefined && !isKasmVnc, ["from"], misplaced, fix),
    ...faultIf(
      isNewer,
      ["kasmvnc", "pointer", "game_mode"],
      "is unknown to KasmVNC from source, which would not start",
      'Set `display.from: "release"`, or remove it.',
    ),
  ];
}

function baseFaults({ from }: Lenient<Display>, base: Lenient<Workspace>["base"]): Fault[] {
  return faultIf(
    from === "release" && base?.distribution === "nixpkgs",
    ["from"],
    "is the release for Debian, but the packages come from nixpkgs",
    'Set `from: "source"`, or the base to Debian.',
  );
}

/** Pixels. With more, the display server does not start. */
const MOST_PIXELS = 16_384;

function sizeFaults(resolution: string | undefined): Fault[] {
  if (resolution === undefined || resolution.split("x").every((length) => Number(length) <= MOST_PIXELS))
    return [];
  const message = `${resolution} has a side of more than ${MOST_PIXELS} pixels, which no display server supports`;
  return [{ path: "display.resolution", message, fix: "Choose a smaller size." }];
}

type Settings = Lenient<KasmVnc>;

/** Settings of KasmVNC in conflict with each other; the paths begin below `display.kasmvnc`. */
export function kasmVncFaults(settings: Settings): Fault[] {
  return [
    ...sessionFaults(settings),
    ...overrideFaults(settings),
    ...regionFaults(settings),
    ...watermarkFaults(settings),
    ...qualityFaults(settings),
  ];
}

function sessionFaults({ user_session: session }: Settings): Fault[] {
  const takesOver = "new_session_disconnects_existing_exclusive_session";
  return faultIf(
    session?.[takesOver] === true && session.session_type !== "exclusive",
    ["user_session", takesOver],
    "has no effect while sessions are shared",
    'Set `session_type: "exclusive"` beside it, or remove it.',
  );
}

function overrideFaults({ runtime_configuration: runtime, data_loss_prevention: loss }: Settings): Fault[] {
  const standard = "allow_override_standard_vnc_server_settings";
  const client = "allow_client_to_override_kasm_server_settings";
  const { server_to_client: down, client_to_server: up } = loss?.clipboard ?? {};
  const restricted = down?.enabled === false || up?.enabled === false;
  return [
    ...faultIf(
      runtime?.allow_override_list !== undefined && runtime[standard] !== true,
      ["runtime_configuration", "allow_override_list"],
      "lists settings that may be changed, but changes are not allowed",
      `Set \`${standard}: true\` beside it, or remove it.`,
    ),
    ...faultIf(
      runtime?.[client] === true && restricted,
      ["runtime_configuration", client],
      "lets a client turn the restricted clipboard on again",
      "Remove it.",
    ),
  ];
}

/** KasmVNC crashes on a region of pixels and percent. */
function regionFaults({ data_loss_prevention: loss }: Settings): Fault[] {
  const { top, left, right, bottom } = loss?.visible_region ?? {};
  const edges = [top, left, right, bottom].filter((edge) => edge !== undefined);
  const percents = edges.filter((edge) => edge.endsWith("%"));
  return faultIf(
    percents.length > 0 && percents.length < edges.length,
    ["data_loss_prevention", "visible_region"],
    `mixes pixels and percent: ${edges.join(", ")}`,
    "Give all four in the same unit.",
  );
}

function watermarkFaults({ data_loss_prevention: loss }: Settings): Fault[] {
  const { image, text } = loss?.watermark ?? {};
  return faultIf(
    image !== undefined && text !== undefined,
    ["data_loss_prevention", "watermark", "text"],
    "cannot be shown together with an image",
    "Keep one of the two.",
  );
}

function qualityFaults({ encoding }: Settings): Fault[] {
  // Xvnc's own defaults.
  const { min_quality: low = 7, max_quality: high = 8 } = encoding?.rect_encoding_mode ?? {};
  return faultIf(
    low > high,
    ["encoding", "rect_encoding_mode", "min_quality"],
    `is ${low}, but max_quality is ${high}`,
    "Raise max_quality, or lower this.",
  );
}

function faultIf(wrong: boolean, steps: readonly string[], message: string, fix: string): Fault[] {
  return wrong ? [{ path: steps.join("."), message, fix }] : [];
}
