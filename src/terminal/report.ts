import { stripVTControlCharacters } from "node:util";
import { type Fault, KasmixError } from "../model/error.ts";

/** A failure as data: the only value on stdout with --json. */
export interface ErrorReport {
  readonly error: {
    readonly code: string;
    readonly exitCode: number;
    readonly message: string;
    readonly fix?: string;
    readonly faults: readonly { readonly path: string; readonly message: string; readonly fix?: string }[];
  };
}

/** Converts anything thrown: to an interruption once the signal has fired, else to a fault of Kasmix. */
export function toKasmixError(error: unknown, signal: AbortSignal): KasmixError {
  if (signal.aborted) return new KasmixError("E_INTERRUPTED", "Interrupted.", { cause: error });
  if (error instanceof KasmixError) return error;
  return new KasmixError("E_INTERNAL", error instanceof Error ? error.message : String(error), {
    cause: error,
  });
}

/** The failure as text: message, each fault with its place and fix, what to do next. */
export function renderError(error: KasmixError): string {
  const fix = error.fix === undefined ? [] : [`fix: ${error.fix}`];
  const lines = [`error: ${error.message}`, ...fix, ...stackOf(error)].map(printable);
  const [message = "", ...rest] = lines;
  return [message, ...renderFaults(error.faults), ...rest].join("\n");
}

/** Lines with the place, the message and the fix of each fault. */
export function renderFaults(faults: readonly Fault[]): string[] {
  return faults.flatMap(({ path, message, fix }) => [
    printable(`  ${path}: ${indent(message)}`),
    ...(fix === undefined ? [] : [printable(`    fix: ${fix}`)]),
  ]);
}

/** The failure as data. */
export function renderErrorReport(error: KasmixError): ErrorReport {
  const { code, exitCode, message, fix, faults } = error;
  return { error: { code, exitCode, message, ...(fix === undefined ? {} : { fix }), faults } };
}

/**
 * A text without what a terminal obeys: it may quote a file, a program or a host that means harm. Control characters and
 * those that reverse the direction of writing become question marks.
 */
function printable(text: string): string {
  return stripVTControlCharacters(text).replace(CONTROL, "?");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

function indent(text: string): string {
  return text.replaceAll("\n", "\n    ");
}

function stackOf(error: KasmixError): string[] {
  if (error.code !== "E_INTERNAL") return [];
  const cause = error.cause instanceof Error ? error.cause : error;
  return [cause.stack ?? "", "This is a fault of Kasmix: please report it with the lines above."];
}
