import { request } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import { KasmixError } from "../model/error.ts";
import { renderLogLine } from "../runtime/log/render-line.ts";
import { containerLog, containerStatus } from "./container.ts";
import { hostOf } from "./container-options.ts";
import type { Engine } from "./detect.ts";
import { containerName } from "./settings.ts";
import { WITHOUT_SECRETS } from "./without-secrets.ts";

/** The container to ask. */
export interface ReadyTarget {
  readonly workspace: string;
  readonly bind: string;
  readonly port: number;
  /** The display server: KasmVNC is not asked. @default found out by the answer */
  readonly displayServer?: string;
}

export interface ReadyOptions extends ReadyTarget {
  /** Milliseconds. @default 60000 */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/** Milliseconds between two requests: the first ones quickly, as a desktop starts in about two seconds. */
const FIRST_PAUSE = 25;
const LONGEST_PAUSE = 250;

/**
 * Milliseconds until a connection to this machine is tried again: a packet sent while the container's network comes up is
 * lost, and the kernel would send it again only after a second.
 */
const CONNECT_TIMEOUT = 200;
const ANSWER_TIMEOUT = 2000;

/** Restarts of the container by the engine that count as a failure. */
const RESTART_LIMIT = 3;

/** Asks once whether the desktop is ready; by itself the program waits for that. */
const MARKED_READY = ["timeout", "2", "desktop_ready"];

/**
 * Waits until the workspace's desktop is ready. Throws E_NOT_READY with the last lines of the container's log at the
 * deadline, or at once when the container has ended.
 */
export async function waitUntilReady(engine: Engine, options: ReadyOptions): Promise<void> {
  const { timeout = 60_000, signal } = options;
  const deadline = performance.now() + timeout;
  let target: ReadyTarget = options;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(LONGEST_PAUSE, pause * 1.5)) {
    const answer = await ask(engine, target);
    if (answer === "ready") return;
    if (answer === "elsewhere") target = { ...options, displayServer: "kasmvnc" };
    const status = pause === LONGEST_PAUSE ? await containerStatus(engine, options.workspace) : undefined;
    const dead = status !== undefined && (status.state !== "running" || status.restarts >= RESTART_LIMIT);
    if (dead || performance.now() > deadline) throw await notReady(engine, options, dead, timeout);
    await delay(pause, undefined, signal === undefined ? {} : { signal });
  }
}

/** Whether the desktop is ready now. */
export async function isReady(engine: Engine, target: ReadyTarget): Promise<boolean> {
  const answer = await ask(engine, target);
  return answer === "elsewhere" ? isMarkedReady(engine, target) : answer === "ready";
}

/**
 * Asks /readyz, which needs no password. If the answer asks for one, KasmVNC counted the request as a failed login, and it
 * locks out this machine after five. So KasmVNC is not asked again; the container's ready file is checked instead.
 */
async function ask(engine: Engine, target: ReadyTarget): Promise<"ready" | "not yet" | "elsewhere"> {
  if (target.displayServer === "kasmvnc") return (await isMarkedReady(engine, target)) ? "ready" : "not yet";
  const status = await askGateway(target);
  if (status === 401) return "elsewhere";
  return status === 200 ? "ready" : "not yet";
}

async function isMarkedReady(engine: Engine, { workspace }: ReadyTarget): Promise<boolean> {
  const words = ["exec", ...WITHOUT_SECRETS, containerName(workspace), ...MARKED_READY];
  const { ok } = await engine.attempt(words);
  return ok;
}

/**
 * The status of /readyz. The certificate is the container's own, so it is not checked; no secret is sent. Not by src/net:
 * this is not the web, and only the connection itself, without TLS, has the short timeout.
 */
function askGateway({ bind, port }: ReadyTarget): Promise<number | undefined> {
  return new Promise((resolve) => {
    const options = { host: hostOf(bind), port, path: "/readyz", rejectUnauthorized: false, agent: false };
    const asked = request(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.once("socket", (socket) => {
      socket.setTimeout(CONNECT_TIMEOUT, () => asked.destroy(new Error("timeout")));
      socket.once("connect", () => socket.setTimeout(ANSWER_TIMEOUT));
    });
    asked.on("error", () => resolve(undefined));
    asked.end();
  });
}

async function notReady(
  engine: Engine,
  { workspace }: ReadyOptions,
  dead: boolean,
  timeout: number,
): Promise<KasmixError> {
  const log = await containerLog(engine, workspace, 15);
  const what = dead ? "ended before its desktop was ready" : `is not ready after ${timeout / 1000} s`;
  const faults = [{ path: "last log lines", message: log.map(renderLogLine).join("\n") || "(none)" }];
  return new KasmixError("E_NOT_READY", `The workspace "${workspace}" ${what}.`, {
    faults,
    fix: `See the whole log: ./kasmix logs ${workspace}`,
  });
}
