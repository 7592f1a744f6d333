import { readFileSync } from "node:fs";
import {
  DEFAULT_STOP,
  type ResolvedApp,
  type ResolvedService,
  type RuntimeConfig,
} from "../../model/runtime.ts";
import { reasonOf } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";

/** A desktop without anything of its own: what runs when the image's configuration cannot be read. */
const BARE: RuntimeConfig = {
  name: "kasmix",
  title: "Kasmix",
  display: { resolution: "1280x720", frameRate: 60 },
  services: {},
  limits: {},
  apps: [],
  environment: {},
};

const SERVICE: Omit<ResolvedService, "command"> = {
  environment: {},
  directory: "/home/kasm-user",
  needs: [],
  restart: "always",
  stop: DEFAULT_STOP,
  critical: false,
};

const APP: Omit<ResolvedApp, "name" | "command"> = {
  title: "",
  opensUrls: false,
  maximize: false,
  before: [],
  autostart: false,
  restart: "on-failure",
  desktopIcon: true,
  environment: {},
  stop: DEFAULT_STOP,
};

/**
 * Reads workspace.json. It was checked when the image was built; should it be unreadable all the same, or an entry of
 * it be of no use, the log says so and what can run runs: a bare desktop at least, so that one can look at the container.
 */
export function readConfig(path: string, log: Log): RuntimeConfig {
  const advice = "Mount a workspace.json that Kasmix generated, or none.";
  const complain = (message: string) =>
    log.error({ event: "config.unreadable", path, message: `${message}. ${advice}` });
  try {
    return salvage(record(JSON.parse(readFileSync(path, "utf8"))), complain);
  } catch (error) {
    complain(`${reasonOf(error)}: a bare desktop is started instead`);
    return BARE;
  }
}

type Entries = Readonly<Record<string, unknown>>;

function salvage(given: Entries, complain: (message: string) => void): RuntimeConfig {
  const keep = <T>(place: string, value: unknown, make: (value: unknown) => T, fallback: T): T => {
    try {
      return value === undefined ? fallback : make(value);
    } catch (error) {
      complain(`${place}: ${reasonOf(error)}; it is left out`);
      return fallback;
    }
  };
  const keepField = <Field extends keyof RuntimeConfig>(
    field: Field,
    make: (value: unknown) => RuntimeConfig[Field],
  ) => keep(field, given[field], make, BARE[field]);
  const keepEach = <T>(field: keyof RuntimeConfig, make: (value: unknown) => T): [string, T][] =>
    Object.entries(keep(field, given[field], entriesOf, {})).flatMap(([name, value]) => {
      const made = keep<T | undefined>(`${field}.${name}`, value, make, undefined);
      return made === undefined ? [] : [[name, made]];
    });
  return {
    name: keepField("name", text),
    title: keepField("title", text),
    display: keepField("display", display),
    services: Object.fromEntries(keepEach("services", service)),
    limits: Object.fromEntries(keepEach("limits", record)),
    apps: keepEach("apps", app).map(([, value]) => value),
    ...(given.launcher === undefined ? {} : keep("launcher", given.launcher, launcher, {})),
    environment: Object.fromEntries(keepEach("environment", text)),
  };
}

function service(value: unknown): ResolvedService {
  const given = record(value);
  return {
    ...SERVICE,
    ...given,
    needs: needs(given.needs),
    stop: stop(given.stop),
    command: command(given.command),
  };
}

function needs(value: unknown = []): ResolvedService["needs"] {
  if (!Array.isArray(value)) throw new Error("needs is no list");
  return value.map((need) => ({ condition: "ready", ...record(need), service: text(record(need).service) }));
}

function app(value: unknown): ResolvedApp {
  const given = record(value);
  return {
    ...APP,
    ...given,
    stop: stop(given.stop),
    name: text(given.name),
    command: command(given.command),
  };
}

function stop(value: unknown): ResolvedApp["stop"] {
  return { ...DEFAULT_STOP, ...(value === undefined ? {} : record(value)) };
}

function display(value: unknown): RuntimeConfig["display"] {
  const { resolution, frameRate, server, kasmvnc } = record(value);
  if (typeof frameRate !== "number") throw new Error("frameRate is no number");
  return {
    resolution: text(resolution),
    frameRate,
    ...(server === "kasmvnc" ? { server } : {}),
    ...(kasmvnc === undefined ? {} : { kasmvnc: record(kasmvnc) }),
  };
}

function launcher(value: unknown): Pick<RuntimeConfig, "launcher"> {
  const { app, egress } = record(value);
  return { launcher: { app: text(app), egress: egress !== false } };
}

function command(value: unknown): string[] {
  if (!Array.isArray(value) || value.length === 0) throw new Error("command is no list of words");
  return value.map(text);
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new Error(`expected a text, got ${JSON.stringify(value)}`);
  return value;
}

function record(value: unknown): Entries {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error(`expected an object, got ${JSON.stringify(value)}`);
  }
  return value as Entries;
}

/** The entries of an object or, by their numbers, of a list. */
function entriesOf(value: unknown): Entries {
  return Array.isArray(value) ? { ...value } : record(value);
}
