import { Agent, request } from "node:https";
import { text } from "node:stream/consumers";
import type { RunSettings } from "../../../src/engine/settings.ts";
import type { Report } from "../../../src/runtime/supervisor/report.ts";

/** Milliseconds after which a gateway that says nothing counts as dead. */
const ANSWER_TIMEOUT = 10_000;

/** Asks a container's gateway for the state of its services. Throws for an unexpected answer. */
export function createStateReader({ port, password }: RunSettings): () => Promise<Report> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
  const auth = `kasm_user:${password}`;
  return async () => {
    const body = await new Promise<string>((resolve, reject) => {
      const asked = request({
        host: "127.0.0.1",
        port,
        path: "/statez",
        auth,
        agent,
        timeout: ANSWER_TIMEOUT,
      });
      asked.on("response", (response) => {
        if (response.statusCode === 200) return resolve(text(response));
        response.resume();
        reject(new Error(`/statez answers ${response.statusCode}`));
      });
      asked.on("timeout", () => asked.destroy(new Error("/statez does not answer")));
      asked.on("error", reject);
      asked.end();
    });
    return JSON.parse(body);
  };
}
