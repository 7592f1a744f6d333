import { setMaxListeners } from "node:events";
import { request } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import { generatePassword } from "../../src/engine/password.ts";
import {
  containerName,
  type RunSettings,
  renderCreateArguments,
  volumeName,
} from "../../src/engine/settings.ts";
import { openShell } from "../../src/engine/shell.ts";
import { KasmixError } from "../../src/model/error.ts";
import { loadWorkspace } from "../../src/model/load.ts";
import { resolveWorkspace } from "../../src/model/resolve.ts";
import { freePort } from "../helpers/free-port.ts";
import { type Context, run } from "./context.ts";

/** Milliseconds until a desktop that does not come up counts as a failure. */
export const PATIENCE = 60_000;

/** How the CLI would run the workspace with an image, but as `name` and on a free port. */
export async function benchSettings(context: Context, image: string, name: string): Promise<RunSettings> {
  const { resources } = resolveWorkspace(await loadWorkspace(context.root, context.workspace));
  const port = await freePort();
  const password = generatePassword();
  return {
    workspace: name,
    image,
    digest: "",
    id: "",
    port,
    bind: "127.0.0.1",
    ...resources,
    volumes: [],
    password,
  };
}

/** Runs a container by one `docker run` with the CLI's arguments and further options. */
export async function startContainer(
  { engine, signal }: Context,
  settings: RunSettings,
  options: readonly string[] = [],
): Promise<void> {
  const args = renderCreateArguments(settings, { ...engine, createOptions: options }).slice(1);
  const environment = { VNC_PW: settings.password };
  await run("E_ENGINE", { signal, environment })`${engine.kind} run --detach ${args}`;
}

/** Removes the container of a workspace of the bench with its home, also after an abort. */
export async function removeBenchContainer({ engine }: Context, workspace: string): Promise<void> {
  const shell = await openShell();
  await shell`${engine.kind} rm --force --volumes ${containerName(workspace)}`;
  await shell`${engine.kind} volume rm --force ${volumeName(workspace)}`;
}

/**
 * Waits until /healthz answers 200. Asks every 20 ms without waiting for earlier answers: a packet sent to a container
 * whose network is just coming up is lost, and the kernel sends it again only a second later. Throws E_NOT_READY after
 * a minute.
 */
export async function waitUntilAnswering(port: number, signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const ended = AbortSignal.any([signal, stop.signal, AbortSignal.timeout(PATIENCE)]);
  setMaxListeners(0, ended); // every question listens to it
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setInterval(() => requireHealthy(port, ended).then(resolve, () => {}), 20);
      ended.addEventListener("abort", () => reject(notUp("/healthz does not answer")), { once: true });
    });
  } finally {
    clearInterval(timer);
    stop.abort();
  }
}

/** The gateway's answer to the owner, which is JSON. */
export function askGateway(
  { port, password }: Pick<RunSettings, "port" | "password">,
  path: string,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const where = { host: "127.0.0.1", port, path, rejectUnauthorized: false, agent: false };
    const asked = request({ ...where, auth: `kasm_user:${password}` }, (response) => {
      let body = "";
      response.on("data", (chunk) => {
        body += chunk;
      });
      response.on("end", () => resolve(JSON.parse(body)));
    });
    asked.on("error", reject);
    asked.end();
  });
}

/** Tries again until it works. Throws E_NOT_READY after a minute, or when it is aborted. */
export async function persist(attempt: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (signal.aborted || performance.now() > deadline) {
        throw notUp(error);
      }
    }
    await delay(5);
  }
}

function notUp(cause: unknown): KasmixError {
  return new KasmixError("E_NOT_READY", `The container does not come up: ${cause}.`, { cause });
}

function requireHealthy(port: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const target = { host: "127.0.0.1", port, path: "/healthz" };
    const asked = request({ ...target, rejectUnauthorized: false, agent: false, timeout: 1000, signal });
    asked.on("response", (response) => {
      response.resume();
      if (response.statusCode === 200) resolve();
      else reject(new Error(`/healthz answers ${response.statusCode}`));
    });
    asked.on("timeout", () => asked.destroy(new Error("/healthz does not answer")));
    asked.on("error", reject);
    asked.end();
  });
}
