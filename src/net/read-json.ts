import { KasmixError } from "../model/error.ts";
import { isRecord } from "../model/paths.ts";

/**
 * The JSON object that an answer of a registry is; any web server may stand at a mistyped address.
 * @param from who answered, for the message
 * @throws KasmixError E_PUBLISH
 */
export function readJson(body: Buffer, from: string): Readonly<Record<string, unknown>> {
  const value = parse(body.toString("utf8"));
  if (isRecord(value)) return value;
  const message = `${from} answers, but not as a registry does: what it gives is no JSON object.`;
  throw new KasmixError("E_PUBLISH", message, {
    fix: "Look at the host and its port, and whether a registry runs there. --no-attest leaves it to skopeo alone, which knows more ways.",
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
