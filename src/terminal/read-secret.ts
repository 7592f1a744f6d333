import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { KasmixError } from "../model/error.ts";

export interface SecretSource {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream;
  readonly signal: AbortSignal;
}

/** Characters of the longest secret. */
const MOST = 1024;

/**
 * One line of standard input that nobody may see: on a terminal it is asked for and not shown. Throws E_USAGE for an empty
 * one, for more than a line, for control characters and for more than 1024 characters.
 */
export async function readSecret(prompt: string, { stdin, stderr, signal }: SecretSource): Promise<string> {
  if (stdin.isTTY) stderr.write(prompt);
  // Without an output, a terminal's echo is off and nothing takes its place.
  const lines = createInterface({ input: stdin, terminal: stdin.isTTY === true, signal });
  lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  const given: string[] = [];
  let length = 0;
  for await (const line of lines) {
    given.push(line);
    length += line.length;
    if (stdin.isTTY || length > MOST) break;
  }
  lines.close();
  if (stdin.isTTY) stderr.write("\n");
  signal.throwIfAborted();
  const [secret = ""] = given;
  const fault = findFault(secret, given.length);
  if (fault === undefined) return secret;
  throw new KasmixError("E_USAGE", fault, { fix: `Give one line of at most ${MOST} characters.` });
}

function findFault(secret: string, lines: number): string | undefined {
  if (lines > 1) return "Standard input has more than one line.";
  if (secret === "") return "Standard input is empty.";
  if (secret.length > MOST) return "The line on standard input is too long.";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  if (/[\u0000-\u001f\u007f]/.test(secret)) return "The line on standard input has control characters.";
  return undefined;
}
