import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { engineReason } from "../engine/detect.ts";
import { feedProcess, openProcess } from "../engine/process.ts";
import { type ErrorCode, type Fault, KasmixError } from "../model/error.ts";
import { packCheckout, takeLocks } from "./checkout.ts";
import {
  type Builder,
  CHECKOUT,
  STORE_VOLUME,
  stateFolder,
  VENDOR_FOLDER,
  withContainer,
} from "./container.ts";

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** The command changed these locks, which are in the checkout now. */
  readonly onLocks?: (paths: readonly string[]) => void;
}

/**
 * The bundle in .kasmix, a folder of the volume, finds the packages by a link. The launcher becomes Node, so that signals
 * reach it.
 */
const SHELL =
  'mkdir -p "$0" /nix/var/nix && ln -sfn "$PWD/node_modules" "$(dirname "$0")" && exec ./kasmix "$@"';

/**
 * Runs a command line of Kasmix in the builder, on a copy of the checkout. Its progress appears here. Returns what it gives
 * with --json. Throws what it throws, and E_ENGINE where the engine fails.
 */
export async function callInside(
  builder: Builder,
  root: string,
  words: readonly string[],
  options: CallOptions = {},
): Promise<unknown> {
  const { signal, onLocks } = options;
  const own = process.env.KASMIX_VENDOR_DIR;
  const vendor = own ? { from: resolve(own), to: VENDOR_FOLDER } : undefined;
  const { isTTY, columns } = process.stderr;
  const variables = {
    KASMIX_INSIDE: String((isTTY && columns) || 0),
    ...(vendor === undefined ? {} : { KASMIX_VENDOR_DIR: VENDOR_FOLDER }),
  };
  const command = ["sh", "-c", SHELL, stateFolder(root), ...words, "--json"];
  return withContainer(builder, command, { signal, variables }, async (id) => {
    await sendCheckout(builder, id, (stdin) => packCheckout(root, stdin, vendor), signal);
    const value = await start(builder, id, signal);
    const paths = await fetchLocks(builder, id, root, signal);
    if (paths.length > 0) onLocks?.(paths);
    return value;
  });
}

async function sendCheckout(
  { engine }: Builder,
  id: string,
  write: (stdin: NodeJS.WritableStream) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const args = [...engine.globalOptions, "cp", "-", `${id}:/`];
  const { outcome, written } = await feedProcess(engine.kind, args, write, { signal });
  if (!outcome.ok) throw engineError("the checkout cannot be sent", outcome.stderr);
  if (written.status === "rejected") throw written.reason;
}

/** Runs the container. Its standard error is this process's. */
async function start(builder: Builder, id: string, signal: AbortSignal | undefined): Promise<unknown> {
  const { kind, globalOptions } = builder.engine;
  const args = [...globalOptions, "start", "--attach", id];
  const { stdout, outcome } = openProcess(kind, args, { signal, showErrors: true });
  const ended = Promise.all([text(stdout), outcome]);
  const [printed, { exitCode }] = await ended.finally(clearLine);
  const value = parse(printed);
  if (exitCode === 0 && value !== undefined) return value;
  if (isReport(value)) throw fromReport(value, builder);
  throw new KasmixError("E_ENGINE", `The builder ended with exit code ${exitCode ?? "unknown"}.`, {
    fix: "Its messages stand above. 137 means that the engine's machine has too little memory.",
  });
}

/** Takes away a bar that the command inside did not end. */
function clearLine(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
}

async function fetchLocks(
  { engine }: Builder,
  id: string,
  root: string,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const args = [...engine.globalOptions, "cp", `${id}:${CHECKOUT}/nix/locks`, "-"];
  const { stdout, outcome } = openProcess(engine.kind, args, { signal });
  const [taken, { ok, stderr }] = await Promise.all([takeLocks(root, stdout), outcome]);
  if (!ok) throw engineError("the locks cannot be read", stderr);
  return taken;
}

interface Report {
  readonly error: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly faults: readonly Fault[];
    readonly fix?: string;
  };
}

function isReport(value: unknown): value is Report {
  return typeof value === "object" && value !== null && "error" in value;
}

/** Commands of Nix in its fix have to run in the builder too. */
function fromReport(
  { error: { code, message, faults, fix } }: Report,
  { engine: { kind }, image }: Builder,
): KasmixError {
  const where = `Put before what begins with nix: ${kind} run --rm --volume ${STORE_VOLUME}:/nix ${image}`;
  const whole = fix?.includes("nix-") ? `${fix} ${where}` : fix;
  return new KasmixError(code, message, { faults, ...(whole === undefined ? {} : { fix: whole }) });
}

function parse(printed: string): unknown {
  try {
    return JSON.parse(printed);
  } catch {
    return undefined;
  }
}

function engineError(what: string, stderr: string): KasmixError {
  return new KasmixError("E_ENGINE", `The builder does not work: ${what}: ${engineReason(stderr)}`);
}
