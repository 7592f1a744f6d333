import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import { isMap, LineCounter, parseDocument } from "yaml";
import { kasmVncFaults } from "../../model/_display.ts";
import type { Fault } from "../../model/error.ts";
import { mergeKasmVnc } from "../../model/kasmvnc.ts";
import type { KasmVnc } from "../../model/kasmvnc-types.ts";
import { withoutFaulty } from "../../model/lenient.ts";
import { isRecord, type Step } from "../../model/paths.ts";
import { schemaFaults } from "../../model/schema-faults.ts";
import schema from "../../model/workspace.schema.json" with { type: "json" };
import { offsetOf, stepsOf } from "../../model/yaml-place.ts";
import type { Log } from "../log/log.ts";

/**
 * A workspace's settings of KasmVNC with those of /etc/kasmvnc/kasmvnc.yaml over them, and over these the ones of
 * ~/.vnc/kasmvnc.yaml, as KasmVNC's start script reads them. Each fault is logged with its file and line, and the setting
 * left out. Whoever uses the desktop can write the home, so its file changes no restriction.
 */
export function withKasmVncYaml(settings: KasmVnc, home: string, log: Log, system = SYSTEM): KasmVnc {
  const files = [
    { path: system, refused: BY_KASMIX },
    { path: `${home}/.vnc/kasmvnc.yaml`, refused: { ...BY_KASMIX, ...RESTRICTIONS } },
  ];
  return files.reduce<KasmVnc>((below, file) => mergeKasmVnc(below, readSettings(file, log)), settings);
}

const SYSTEM = "/etc/kasmvnc/kasmvnc.yaml";

/** Most bytes of a file. */
const LONGEST = 1024 ** 2;

const GATEWAY = "Kasmix's gateway serves the network (docs/operate/runtime.md)";
const NOT_THERE = "Kasmix has no such setting";

/** Settings that Kasmix sets itself, each with the way to change it. */
const BY_KASMIX: Readonly<Record<string, string>> = {
  "desktop.resolution": "set VNC_RESOLUTION",
  "encoding.max_frame_rate": "set MAX_FRAME_RATE",
  "network.protocol": GATEWAY,
  "network.interface": GATEWAY,
  "network.websocket_port": "set NO_VNC_PORT",
  "network.use_ipv4": GATEWAY,
  "network.use_ipv6": GATEWAY,
  "network.udp": GATEWAY,
  "network.ssl": "set KASMIX_TLS_CERT and KASMIX_TLS_KEY",
  "security.brute_force_protection": GATEWAY,
  "server.http": GATEWAY,
  "server.advanced.kasm_password_file": "set VNC_PW",
  "server.advanced.x_authority_file": NOT_THERE,
  "logging.log_dest": "the log is the container's",
  "encoding.full_frame_updates": NOT_THERE,
  "encoding.video_encoding_mode.scaling_algorithm": NOT_THERE,
  "data_loss_prevention.watermark.text.font_size": NOT_THERE,
  command_line: NOT_THERE,
  "runtime_configuration.allow_environment_variables_to_override_config_settings": NOT_THERE,
};

const RESTRICTION = `whoever uses the desktop can write the home: set it in ${SYSTEM} or in workspace.ts`;
const RESTRICTIONS = { data_loss_prevention: RESTRICTION, runtime_configuration: RESTRICTION };

/** Words of kasmvnc.yaml for KasmVNC's own default, where the setting does not have them as a value. */
const DEFAULTS: readonly unknown[] = ["auto", "never", "none", "unlimited", "", null];

interface YamlFile {
  readonly path: string;
  readonly refused: Readonly<Record<string, string>>;
}

function readSettings({ path, refused }: YamlFile, log: Log): KasmVnc {
  const text = readFile(path, log);
  if (text === undefined) return {};
  const { settings, complaints } = convert(text, refused);
  for (const { line, message } of complaints.sort((a, b) => a.line - b.line))
    log.error({ event: "kasmvnc.yaml", path, line, message: `${path}:${line}: ${message}` });
  return settings;
}

interface Complaint {
  readonly line: number;
  readonly message: string;
}

function convert(text: string, refused: YamlFile["refused"]) {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const complaints: Complaint[] = document.errors.map(({ linePos, message }) => ({
    line: linePos?.[0].line ?? 1,
    message: `${message.split("\n")[0]} The file is not used.`,
  }));
  if (complaints.length > 0) return { settings: {}, complaints };
  if (document.contents !== null && !isMap(document.contents)) {
    const message = "The file does not contain settings, so it is not used.";
    return { settings: {}, complaints: [{ line: 1, message }] };
  }
  const complain = (steps: readonly Step[], message: string) =>
    void complaints.push({ line: lines.linePos(offsetOf(document, steps)).line, message });
  const given = withoutRefused(document.toJS(), refused, (setting, advice) =>
    complain(setting.split("."), `${setting} is left out: ${advice}.`),
  );
  const settings = checked(given, ({ path, message, fix = "" }) =>
    complain(stepsOf(path), `${path} ${message}; it is left out. ${fix}`),
  );
  return { settings, complaints };
}

function readFile(path: string, log: Log): string | undefined {
  try {
    const content = readFileSync(path);
    if (content.length <= LONGEST) return content.toString("utf8");
    const message = `${path} has more than ${LONGEST} bytes, so it is not used.`;
    log.error({ event: "kasmvnc.yaml", path, message });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    log.error({ event: "kasmvnc.yaml", path, message: `${path} cannot be read: ${String(error)}` });
  }
  return undefined;
}

type Group = Readonly<Record<string, unknown>>;

/** A copy without the refused settings that are there, of which `onRefused` gets each. */
function withoutRefused(
  value: unknown,
  refused: YamlFile["refused"],
  onRefused: (setting: string, advice: string) => void,
  above = "",
): unknown {
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).flatMap(([key, item]) => {
    const setting = above + key;
    const advice = refused[setting];
    if (advice === undefined)
      return [[key, withoutRefused(item, refused, onRefused, `${setting}.`)] as const];
    onRefused(setting, advice);
    return [];
  });
  return Object.fromEntries(kept.filter(([, item]) => !isEmptyGroup(item)));
}

function isEmptyGroup(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length === 0;
}

/** The settings without what is wrong with them, which `onFault` gets. */
function checked(value: unknown, onFault: (fault: Fault) => void): KasmVnc {
  if (value === null || value === undefined) return {};
  const given = asModel(value);
  const validate = validator();
  validate(given);
  const faults = schemaFaults(validate.errors ?? [], given);
  for (const fault of faults) if (!DEFAULTS.includes(valueAt(given, stepsOf(fault.path)))) onFault(fault);
  const kept = without(given, faults);
  const conflicts = kasmVncFaults(kept);
  for (const conflict of conflicts) onFault(conflict);
  return without(kept, conflicts);
}

let compiled: ValidateFunction | undefined;

function validator(): ValidateFunction {
  const { definitions } = schema;
  compiled ??= new Ajv({ allErrors: true, verbose: true }).compile({
    $ref: "#/definitions/KasmVnc",
    definitions,
  });
  return compiled;
}

function without(value: unknown, faults: readonly Fault[]): KasmVnc {
  return dense(
    withoutFaulty(
      value,
      faults.map(({ path }) => stepsOf(path)),
    ),
  ) as KasmVnc;
}

/** A copy without gaps in lists. */
function dense(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== undefined).map(dense);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, dense(item)]));
}

/** The edges of a region may be numbers in YAML. */
function asModel(value: unknown): unknown {
  const region = valueAt(value, ["data_loss_prevention", "visible_region"]);
  if (!isRecord(region)) return value;
  const edges = Object.entries(region).map(([edge, length]) => [
    edge,
    typeof length === "number" ? String(length) : length,
  ]);
  return mergeKasmVnc(value as Group, {
    data_loss_prevention: { visible_region: Object.fromEntries(edges) },
  });
}

function valueAt(value: unknown, steps: readonly Step[]): unknown {
  return steps.reduce<unknown>(
    (here, step) => (isRecord(here) || Array.isArray(here) ? (here as Group)[step] : undefined),
    value,
  );
}
