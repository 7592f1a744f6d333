import { readFile } from "node:fs/promises";
import { Ajv } from "ajv";
import { LineCounter, parseDocument } from "yaml";
import { parseDuration } from "../model/duration.ts";
import { type Fault, KasmixError } from "../model/error.ts";
import { type Lenient, present, withoutFaulty } from "../model/lenient.ts";
import { isRecord } from "../model/paths.ts";
import { schemaFaults } from "../model/schema-faults.ts";
import { offsetOf, stepsOf } from "../model/yaml-place.ts";
import { parseRange } from "../runtime/gateway/address.ts";
import { addressOf, type Sessions, sessionName } from "./sessions.ts";

/** The workspace and the target that the file is for. */
export interface SessionsSubject {
  /** Name of the workspace. */
  readonly workspace: string;
  readonly kind: "kubernetes" | "compose";
}

/** Reads a file of people. Throws E_USAGE where it cannot be read, E_MODEL with all faults, each with its line. */
export async function readSessions(file: string, subject: SessionsSubject): Promise<Sessions> {
  const text = await readFile(file, "utf8").catch((cause: Error) => {
    throw new KasmixError("E_USAGE", `--sessions: ${file} cannot be read: ${cause.message}`, {
      fix: "Name a file as in docs/operate/deploy.md.",
      cause,
    });
  });
  return parseSessions(text, file, subject);
}

/** Checks the text of a file of people; `file` names it in messages. Throws E_MODEL with all faults. */
export function parseSessions(text: string, file: string, subject: SessionsSubject): Sessions {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const broken = document.errors.map(({ linePos, message }) => ({
    path: `${file}:${linePos?.[0].line ?? 1}`,
    message: message.split("\n")[0] ?? "is not YAML",
  }));
  const value: unknown = broken.length > 0 ? undefined : document.toJS();
  const lineOf = (path: string) => lines.linePos(offsetOf(document, stepsOf(path))).line;
  const faults =
    broken.length > 0
      ? broken
      : faultsOf(value, subject)
          .map(({ path, message, ...fix }) => ({ line: lineOf(path), message: `${path} ${message}`, ...fix }))
          .sort((a, b) => a.line - b.line)
          .map(({ line, ...fault }) => ({ path: `${file}:${line}`, ...fault }));
  if (faults.length > 0) throw new KasmixError("E_MODEL", `${file} is invalid.`, { faults });
  return value as Sessions;
}

/** Suffixes that Kasmix itself appends to the workspace's name, where a person's name goes. */
const RESERVED = ["images", "proxy", "vpn"];

/** A StatefulSet's pods have its name and ten more characters in a label, which has at most 63. */
const LONGEST = 52;

const LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
const text = (pattern: string, description: string) => ({ type: "string", pattern, description }) as const;
const size = (description: string) =>
  text("^[1-9][0-9]*(MiB|GiB)$", `${description}, such as 512MiB or 4GiB`);
const host = text(`^${LABEL}(\\.${LABEL})*$`, "A host name, such as desk.example");
const label = (description: string) => text(`^${LABEL}$`, `${description}: lower-case letters, digits and -`);
const secret = text(`^${LABEL}(\\.${LABEL})*$`, "A Secret's name: lower-case letters, digits, - and .");

const RESOURCES = closed({
  memory: size("Most memory"),
  cpus: { type: "number", minimum: 0.1, description: "Most processors" },
  sharedMemory: size("Size of /dev/shm"),
  pidsLimit: { type: "integer", minimum: 100, description: "Most processes and threads" },
});

const SCHEMA = closed(
  {
    host,
    idle: text("^[1-9][0-9]{0,4}(s|min|h)$", "A duration, such as 30min or 8h"),
    gateway: closed(
      {
        name: label("The Gateway's name"),
        namespace: label("The Gateway's namespace"),
        networks: {
          type: "array",
          items: { type: "string" },
        },
      },
      "name",
    ),
    sessions: {
      type: "array",
      minItems: 1,
      description: "The people, each with a name",
      items: closed(
        {
          name: text("^[a-z]([a-z0-9-]*[a-z0-9])?$", "The person's name: lower-case letters, digits and -"),
          host,
          path: text(
            "^/((?!\\.{1,2}/)[A-Za-z0-9._~-]+/)*$",
            "A path with slashes at both ends, such as /bob/",
          ),
          existingSecret: secret,
          storage: size("Size of the home"),
          resources: RESOURCES,
        },
        "name",
      ),
    },
  },
  "sessions",
);

function closed(properties: Readonly<Record<string, object>>, ...required: readonly string[]) {
  return { type: "object", properties, required, additionalProperties: false } as const;
}

// Compiled for each command: checking and optimising the schema would take longer than using it.
const QUICK = { meta: false, validateSchema: false, code: { optimize: false } } as const;
const validate = new Ajv({ allErrors: true, verbose: true, ...QUICK }).compile(SCHEMA);

function faultsOf(value: unknown, subject: SessionsSubject): Fault[] {
  if (!isRecord(value)) return [{ path: "sessions", message: "is missing", fix: "List the people." }];
  validate(value);
  const shape = schemaFaults(validate.errors ?? [], value);
  const rest = withoutFaulty(
    value,
    shape.flatMap(({ faulty }) => (faulty === undefined ? [] : [faulty])),
  ) as Lenient<Sessions>;
  return [
    ...shape.map(({ faulty: _faulty, ...fault }) => fault),
    ...idleFaults(rest),
    ...networkFaults(rest),
    ...nameFaults(rest, subject),
    ...secretFaults(rest, subject),
    ...addressFaults(rest),
    ...(subject.kind === "compose" ? composeFaults(rest) : clusterFaults(rest)),
  ];
}

function idleFaults({ idle }: Lenient<Sessions>): Fault[] {
  if (idle === undefined || parseDuration(idle) !== undefined) return [];
  return [{ path: "idle", message: `is ${idle}, which is too short`, fix: "Give 10s or more." }];
}

function networkFaults({ gateway }: Lenient<Sessions>): Fault[] {
  return present(gateway?.networks).flatMap(({ item, index }) => {
    // A prefix of length 0 trusts everybody: each client could then claim any address.
    if ((parseRange(item)?.[1] ?? 0) > 0) return [];
    const message = `is "${item}", which is no network`;
    return [{ path: `gateway.networks[${index}]`, message, fix: "Write it as 10.42.0.0/16." }];
  });
}

function nameFaults({ sessions }: Lenient<Sessions>, { workspace }: SessionsSubject): Fault[] {
  const room = LONGEST - sessionName(workspace, "").length;
  const seen = new Set<string>();
  return present(sessions).flatMap(({ item: { name }, index }): Fault[] => {
    if (name === undefined) return [];
    const path = `sessions[${index}].name`;
    const repeated = seen.has(name);
    seen.add(name);
    if (repeated) return [{ path, message: `repeats ${name}`, fix: "Give each person another name." }];
    if (RESERVED.includes(name))
      return [{ path, message: `is ${name}, which Kasmix uses itself`, fix: "Choose another." }];
    if (name.length <= room) return [];
    return [{ path, message: "is too long beside the workspace's", fix: `Use at most ${room} characters.` }];
  });
}

/** Whoever shares a password can sign in to the other's desktop. */
function secretFaults({ sessions }: Lenient<Sessions>, { workspace }: SessionsSubject): Fault[] {
  const secrets = (sessions ?? []).map((session) =>
    session?.name === undefined
      ? undefined
      : (session.existingSecret ?? sessionName(workspace, session.name)),
  );
  return present(sessions).flatMap(({ item: { existingSecret }, index }) => {
    const other = secrets.findIndex((secret, at) => at !== index && secret === existingSecret);
    if (existingSecret === undefined || other === -1) return [];
    const path = `sessions[${index}].existingSecret`;
    const message = `is the password of sessions[${other}] too`;
    return [{ path, message, fix: "Give each person a password of their own." }];
  });
}

/** Each person needs another address. */
function addressFaults({ host, sessions }: Lenient<Sessions>): Fault[] {
  const seen = new Map<string, number>();
  return present(sessions).flatMap(({ item, index }): Fault[] => {
    const address = addressOf(item, host);
    if (address === undefined || item.name === undefined) return [];
    const whole = `${address.host}${address.path}`;
    const other = seen.get(whole);
    seen.set(whole, other ?? index);
    if (other === undefined) return [];
    const message = `is at https://${whole} like sessions[${other}]`;
    return [{ path: `sessions[${index}]`, message, fix: "Give it another host or path." }];
  });
}

function composeFaults(all: Lenient<Sessions>): Fault[] {
  const storage = present(all.sessions).filter(({ item }) => item.storage !== undefined);
  const cluster = (path: string, why: string): Fault => ({
    path,
    message: `is only for a cluster: ${why}`,
    fix: "Remove it.",
  });
  return [
    ...(all.gateway === undefined ? [] : [cluster("gateway", "compose has a proxy of its own")]),
    ...storage.map(({ index }) => cluster(`sessions[${index}].storage`, "engines do not limit volumes")),
    ...hostFaults(all),
  ];
}

/** A host or a path needs a Gateway, and a Gateway needs hosts. */
function clusterFaults(all: Lenient<Sessions>): Fault[] {
  const limits = present(all.sessions)
    .filter(({ item }) => item.resources?.pidsLimit !== undefined)
    .map(({ index }) => ({
      path: `sessions[${index}].resources.pidsLimit`,
      message: "is not for a cluster: a pod cannot limit its processes",
      fix: "Remove it.",
    }));
  if (all.gateway !== undefined) return [...limits, ...hostFaults(all)];
  const given = (["host", "idle"] as const).filter((field) => all[field] !== undefined);
  const own = present(all.sessions).flatMap(({ item, index }) =>
    (["host", "path"] as const)
      .filter((field) => item[field] !== undefined)
      .map((field) => `sessions[${index}].${field}`),
  );
  const needs = [...given, ...own].map((path) => ({
    path,
    message: "needs a Gateway",
    fix: "Add `gateway` with its name, or remove this.",
  }));
  return [...limits, ...needs];
}

function hostFaults(all: Lenient<Sessions>): Fault[] {
  // The schema has reported a host that is there and faulty.
  if ("host" in all) return [];
  return present(all.sessions)
    .filter(({ item }) => !("host" in item))
    .map(({ index }) => ({
      path: `sessions[${index}]`,
      message: "has no host name",
      fix: "Add `host` here, or above for everybody.",
    }));
}
