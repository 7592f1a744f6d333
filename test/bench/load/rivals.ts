import { type ChildProcess, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { runProcess } from "../../../src/engine/process.ts";
import { freePort } from "../../helpers/free-port.ts";
import type { Context } from "../context.ts";
import { stopChild } from "./children.ts";

/** A relay that runs and listens on a port of this machine. */
export interface Rival {
  readonly port: number;
  readonly child: ChildProcess;
}

/** Debian's websockify with TLS in front of the source; undefined where it is not installed. */
export async function startWebsockify(context: Context, sourcePort: number): Promise<Rival | undefined> {
  const port = await freePort();
  const options = [`--cert=${identityIn(context)}`, "--ssl-only"];
  const ports = [`127.0.0.1:${port}`, `127.0.0.1:${sourcePort}`];
  return startRival(context, "websockify", ["--help"], [...options, ...ports], port);
}

/**
 * Debian's stunnel in front of the source: a relay in C that does nothing but TLS, so that the cost of TLS itself can be
 * separated from the relay's. Undefined where it is not installed.
 */
export async function startStunnel(context: Context, sourcePort: number): Promise<Rival | undefined> {
  const port = await freePort();
  const file = path.join(context.scratch, "stunnel.conf");
  const service = ["[source]", `accept=127.0.0.1:${port}`, `connect=127.0.0.1:${sourcePort}`];
  const settings = ["foreground=yes", "pid=", `cert=${identityIn(context)}`, ...service, ""];
  await writeFile(file, settings.join("\n"));
  return startRival(context, "stunnel4", ["-version"], [file], port);
}

/** Certificate and key that the gateway made for itself. */
function identityIn({ scratch }: Context): string {
  return path.join(scratch, ".vnc/kasmix.pem");
}

async function startRival(
  context: Context,
  program: string,
  probe: string[],
  command: string[],
  port: number,
): Promise<Rival | undefined> {
  if (!(await runProcess(program, probe)).ok) return undefined;
  const child = spawn(program, command, { stdio: "ignore" });
  context.atEnd(() => stopChild(child));
  for (let tries = 0; tries < 100; tries++) {
    if (await canConnect(port)) return { port, child };
    await delay(50);
  }
  return undefined;
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("error", () => resolve(false));
    socket.once("connect", () => resolve(true));
    socket.once("connect", () => socket.destroy());
  });
}
