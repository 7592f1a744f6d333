import { stripVTControlCharacters } from "node:util";
import { KasmixError } from "../model/error.ts";
import { isRecord } from "../model/paths.ts";
import { explainVendorFailure } from "../vendor-files/failure.ts";
import type { VendorFile } from "../vendor-files/file.ts";
import { FREE_SPACE } from "./nix.ts";

/** The state of a Nix build according to its log so far. */
export interface BuildLog {
  /** Derivations built, and all that are to be built. */
  done: number;
  total: number;
  /** Name of the derivation whose build began last. */
  current: string;
  /** Messages of Nix itself: errors come at the end. */
  readonly errors: string[];
  /** Last lines of every running or failed builder, by its activity. */
  readonly tails: Map<number, { readonly derivation: string; readonly lines: string[] }>;
  /** The activity that counts builds. */
  counter: number | undefined;
  /** Bytes of every download, by its activity. */
  readonly transfers: Map<number, Transfer>;
}

/** Bytes received, and all bytes: 0 while that is not known. */
interface Transfer {
  readonly done: number;
  readonly total: number;
}

/** What one line of the log reports. */
export interface BuildEvent {
  /** A line that a builder or Nix itself printed. */
  readonly line?: string;
  readonly progress: boolean;
  /** All downloads together, when one of them progressed. */
  readonly transfer?: Transfer;
}

/** The used fields of a line of Nix's `--log-format internal-json`. */
interface Message {
  readonly action: "start" | "stop" | "result" | "msg";
  readonly id?: number;
  readonly type?: number;
  readonly level?: number;
  readonly msg?: string;
  readonly fields?: readonly (string | number)[];
}

/** Numbers of Nix's activities and results (its src/libutil/logging.hh). */
const TRANSFER = 101;
const BUILDS = 104;
const BUILD = 105;
const RESULT_LOG_LINE = 101;
const RESULT_PROGRESS = 105;

/** Lines kept of each builder. */
const TAIL = 20;

export function createBuildLog(): BuildLog {
  const counts = { done: 0, total: 0, current: "", counter: undefined };
  return { ...counts, errors: [], tails: new Map(), transfers: new Map() };
}

/** Updates the state by one line of Nix's log, and returns what it reports. */
export function readEvent(log: BuildLog, line: string): BuildEvent {
  const message = readMessage(line);
  if (message === undefined) {
    log.errors.push(line);
    return { line, progress: false };
  }
  if (message.action === "start") return onStart(log, message);
  if (message.action === "result") return onResult(log, message);
  if (message.action === "msg" && message.level === 0) log.errors.push(plain(message.msg ?? ""));
  return { progress: false };
}

/** The failure for the user: what failed, the end of its log, what to do. */
export function explainFailure(log: BuildLog, vendor: readonly VendorFile[] = []): KasmixError {
  const text = log.errors.join("\n").trim();
  const failed = /builder for '([^']+)' failed|build of '([^']+)' failed/.exec(text);
  const derivation = failed?.[1] ?? failed?.[2] ?? "";
  const tail = [...log.tails.values()].filter((entry) => entry.derivation === derivation).at(-1)?.lines ?? [];
  const lines = tail.length > 0 ? tail.join("\n") : lastErrors(text);
  const everything = `${text}\n${tail.join("\n")}`;
  if (/no space left on device|disk full/i.test(everything)) return spaceError(lines);
  const all = [...log.errors, ...[...log.tails.values()].flatMap(({ lines }) => lines)].join("\n");
  const vendorFailure = explainVendorFailure(all, vendor);
  if (vendorFailure !== undefined) return vendorFailure;
  if (/hash mismatch|unable to download|cannot download/i.test(everything))
    return fetchError(everything.trim());
  if (
    /build-users-group|sandbox|user namespace|operation not permitted.*clone/i.test(text) &&
    derivation === ""
  ) {
    return new KasmixError("E_MACHINE", `Nix cannot build in its sandbox here: ${lastErrors(text)}`, {
      fix: "./kasmix doctor shows what is missing, ./kasmix doctor --fix installs it.",
    });
  }
  const name = derivation === "" ? "Nix" : derivationName(derivation);
  return new KasmixError(
    "E_BUILD",
    derivation === "" ? "Nix refused the build." : `The build of ${name} failed.`,
    {
      faults: [{ path: name, message: lines }],
      ...(derivation === "" ? {} : { fix: `The whole log: nix-store --read-log ${derivation}` }),
    },
  );
}

/** `/nix/store/<hash>-<name>.drv` without hash and ending. */
export function derivationName(path: string): string {
  return path.replace(/^.*\/[a-z0-9]{32}-/, "").replace(/\.drv$/, "");
}

/** Undefined for a line of another program, or one that was cut off when Nix was killed. */
function readMessage(line: string): Message | undefined {
  if (!line.startsWith("@nix ")) return undefined;
  try {
    const value: unknown = JSON.parse(line.slice("@nix ".length));
    return isRecord(value) ? (value as unknown as Message) : undefined;
  } catch {
    return undefined;
  }
}

function onStart(log: BuildLog, { id = 0, type, fields = [] }: Message): BuildEvent {
  if (type === BUILDS) log.counter = id;
  if (type === TRANSFER) log.transfers.set(id, { done: 0, total: 0 });
  if (type !== BUILD) return { progress: false };
  const derivation = String(fields[0]);
  log.current = derivationName(derivation);
  log.tails.set(id, { derivation, lines: [] });
  return { progress: true };
}

function onResult(log: BuildLog, { id = 0, type, fields = [] }: Message): BuildEvent {
  if (type === RESULT_PROGRESS && id === log.counter) {
    log.done = Number(fields[0]);
    log.total = Number(fields[1]);
    return { progress: true };
  }
  if (type === RESULT_PROGRESS && log.transfers.has(id)) {
    log.transfers.set(id, { done: Number(fields[0]), total: Number(fields[1]) });
    return { progress: false, transfer: sum([...log.transfers.values()]) };
  }
  if (type !== RESULT_LOG_LINE) return { progress: false };
  const tail = log.tails.get(id);
  const line = plain(String(fields[0]));
  tail?.lines.push(line);
  if ((tail?.lines.length ?? 0) > TAIL) tail?.lines.shift();
  return { line: tail === undefined ? line : `${derivationName(tail.derivation)}> ${line}`, progress: false };
}

function sum(transfers: readonly Transfer[]): Transfer {
  const add = (key: keyof Transfer) => transfers.reduce((total, transfer) => total + transfer[key], 0);
  return { done: add("done"), total: add("total") };
}

function spaceError(lines: string): KasmixError {
  return new KasmixError("E_BUILD", "The disk is full. Only unfinished builds of Nix were left behind.", {
    faults: [{ path: "last lines", message: lines }],
    fix: FREE_SPACE,
  });
}

function fetchError(text: string): KasmixError {
  const wrong = /hash mismatch/i.test(text);
  const message = wrong
    ? "A downloaded file does not have the pinned hash."
    : "A file could not be downloaded.";
  return new KasmixError("E_FETCH", message, {
    faults: [{ path: "Nix", message: lastErrors(text) }],
    fix: wrong
      ? "Do not use it. Try again later or from another mirror; then ./kasmix lock."
      : "Check the network.",
  });
}

function lastErrors(text: string): string {
  return text
    .split("\n")
    .slice(-TAIL)
    .join("\n")
    .replace(/^error: /, "");
}

function plain(text: string): string {
  return stripVTControlCharacters(text);
}
