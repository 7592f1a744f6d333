import { request } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import { KasmixError } from "../model/error.ts";
import { renderLogLine } from "../runtime/log/render-line.ts";
import { containerLog, containerStatus } from "./container.ts";
import type { Engine } from "./detect.ts";
import { containerName } from "./settings.ts";
import { hostOf } from "./shape.ts";

/** Which container is asked whether its desktop is ready. */
export interface ReadyTarget {
  readonly workspace: string;
  readonly bind: string;
  readonly port: number;
  /** Who shows the desktop: KasmVNC is not asked. @default what the answer tells */
  readonly displayServer?: string;
}

export interface ReadyOptions extends ReadyTarget {
  /** Milliseconds. @default 60000 */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/** Milliseconds between two questions: the first ones quickly, for a desktop comes up in about two seconds. */
const FIRST_PAUSE = 25;
const LONGEST_PAUSE = 250;

/**
 * Milliseconds until a connection to this machine is tried again: one that was asked for while the container's network
 * came up is lost, and the kernel would ask once more only after a second.
 */
const CONNECT_TIMEOUT = 200;
const ANSWER_TIMEOUT = 2000;

/** How often an engine may start the container again until that counts as a failure. */
const RESTART_LIMIT = 3;

/** The file that the entrypoint keeps exactly while the desktop is ready. */
const READY_FILE = "/tmp/kasmix/desktop.ready";

/**
 * Waits until the workspace says that its desktop is ready. Throws E_NOT_READY with the last lines of the
 * container's log at the deadline, or at once when the container has ended.
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

/** Whether the desktop is ready at this moment. */
export async function isReady(engine: Engine, target: ReadyTarget): Promise<boolean> {
  const answer = await ask(engine, target);
  return answer === "elsewhere" ? isMarkedReady(engine, target) : answer === "ready";
}

/**
 * Asks /readyz, which needs no password. What asks for one is KasmVNC, to which that was a failed login: five of them,
 * and it locks this machine out. So it is asked no more, and the container's own mark tells.
 */
async function ask(engine: Engine, target: ReadyTarget): Promise<"ready" | "not yet" | "elsewhere"> {
  if (target.displayServer === "kasmvnc") return (await isMarkedReady(engine, target)) ? "ready" : "not yet";
  const status = await askGateway(target);
  if (status === 401) return "elsewhere";
  return status === 200 ? "ready" : "not yet";
}

async function isMarkedReady(engine: Engine, { workspace }: ReadyTarget): Promise<boolean> {
  const { ok } = await engine.attempt(["exec", containerName(workspace), "test", "-e", READY_FILE]);
  return ok;
}

/** The status that /readyz answers with. The certificate is the container's own, so it is not checked; no secret is sent. */
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
    fix: `See everything it logged: ./kasmix logs ${workspace}`,
  });
}
