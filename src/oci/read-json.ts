import { KasmixError } from "../model/error.ts";
import { isRecord } from "../model/paths.ts";

/**
 * Parses a registry's answer as a JSON object: at a mistyped address any web server may answer.
 * @param from the host that answered, for the message
 * @throws KasmixError E_PUBLISH
 */
export function readJson(body: Buffer, from: string): Readonly<Record<string, unknown>> {
  const value = parse(body.toString("utf8"));
  if (isRecord(value)) return value;
  const message = `${from} is not a registry: its answer is not a JSON object.`;
  throw new KasmixError("E_PUBLISH", message, {
    fix: "Check the host and its port, and whether a registry runs there. With --no-attest, skopeo alone pushes the image: it knows more kinds of registries.",
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
