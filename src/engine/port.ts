import { createServer } from "node:net";
import { KasmixError } from "../model/error.ts";
import type { Engine } from "./detect.ts";
import { runProcess } from "./process.ts";

/** Throws E_ENGINE unless the port is free; names the program that uses it, if that is known. */
export async function requireFreePort(engine: Engine, bind: string, port: number): Promise<void> {
  const problem = await probePort(bind, port);
  if (problem === undefined) return;
  if (problem !== "EADDRINUSE") {
    throw new KasmixError("E_ENGINE", `Nothing can listen on ${bind} port ${port}: ${problem}.`, {
      fix: OTHER_ADDRESS,
    });
  }
  const holder = (await containerAt(engine, port)) ?? (await processAt(port));
  throw new KasmixError("E_ENGINE", `Port ${port} is taken${holder === undefined ? "" : ` by ${holder}`}.`, {
    fix: `Stop it, or choose another port: ${await otherPort(bind, port)}`,
  });
}

/** What to do where listening fails although no other program listens. */
export const OTHER_ADDRESS =
  "Choose an address of this machine with --bind and a port above 1023 with --port.";

/** The flag for the next port above a taken one where something can listen now; from 65535 on it is sought from 6901. */
export async function otherPort(bind: string, taken: number): Promise<string> {
  for (let step = 1; step <= MOST_TRIED; step++) {
    const port = taken + step <= 65535 ? taken + step : 6900 + (taken + step - 65535);
    if ((await probePort(bind, port)) === undefined) return `--port ${port}`;
  }
  return "--port PORT";
}

const MOST_TRIED = 100;

/** The error code of listening there; `undefined` if the port is free. */
export function probePort(bind: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host: bind, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** Searches the list of ports, since Podman has no filter for them. */
async function containerAt(engine: Engine, port: number): Promise<string | undefined> {
  const { stdout } = await engine.attempt(["ps", "--format", "{{.Names}} {{.Ports}}"]);
  const line = stdout.split("\n").find((text) => text.includes(`:${port}->`));
  return line && `the container ${line.split(" ")[0]}`;
}

/** `ss` shows the process if this user has the rights. */
async function processAt(port: number): Promise<string | undefined> {
  const { stdout } = await runProcess("ss", ["-Hltnp", `sport = :${port}`], { timeout: 2000 });
  const match = /\("([^"]+)",pid=([0-9]+)/.exec(stdout);
  return match === null ? undefined : `${match[1]} (process ${match[2]})`;
}
