import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { type Answer, refused, unavailable } from "../kasm-api/answer.ts";
import type { PreparedKasmVnc } from "./prepare.ts";

/**
 * Passes a call of the owner API that only the display server can answer to KasmVNC. `target` is the request's path with
 * its query; `patience` is in milliseconds.
 */
export async function askKasmVnc(
  { port, logins }: Pick<PreparedKasmVnc, "port" | "logins">,
  target: string,
  patience: number,
): Promise<Answer> {
  try {
    const response = await get(port, target, logins.owner, patience);
    const body = await text(response);
    if (response.statusCode === 200) return { status: 200, text: body };
    return refused(`KasmVNC answers ${response.statusCode}`);
  } catch {
    return unavailable("KasmVNC does not answer");
  }
}

function get(port: number, path: string, authorization: string, patience: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(patience);
    request({ host: "127.0.0.1", port, path, headers: { authorization }, agent: false, signal }, resolve)
      .on("error", reject)
      .end();
  });
}
