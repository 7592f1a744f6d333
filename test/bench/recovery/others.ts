import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Context } from "../context.ts";
import { type Fifo, listenOnFifo } from "./fifo.ts";
import type { Probes } from "./probes.ts";
import { type Running, type Subject, startHere } from "./subject.ts";
import type { Tools } from "./tools.ts";

/** How Kasm's images watch their processes. */
export function loopSubject(context: Context, { folder, names }: Probes): Subject {
  const commandLine = [path.join(folder, "loop.sh"), folder, ...names];
  return { name: "3 s loop", start: () => startHere(context, commandLine) };
}

/** Debian's supervisord with its own defaults. */
export function supervisordSubject(context: Context, { folder, names }: Probes, tools: Tools): Subject {
  const file = path.join(context.scratch, "supervisord.conf");
  const config = [
    ...["[supervisord]", "nodaemon=true", `directory=${context.scratch}`],
    ...[`logfile=${context.scratch}/supervisord.log`, `pidfile=${context.scratch}/supervisord.pid`],
    ...names.flatMap((name) => [
      `[program:${name}]`,
      `command=${folder}/probe.sh ${name}`,
      "autorestart=true",
    ]),
  ];
  return {
    name: "supervisord",
    async start() {
      await writeFile(file, `${config.join("\n")}\n`);
      return await startHere(context, tools.commandLine("supervisord", ["-c", file]));
    },
  };
}

/** Debian's s6: s6-svscan with an s6-supervise for each probe, which hears by file descriptor 3 that it is ready. */
export function s6Subject(context: Context, probes: Probes, tools: Tools): Subject {
  const services = path.join(context.scratch, "s6");
  return {
    name: "s6",
    async start() {
      await rm(services, { recursive: true, force: true });
      const ready = new Map<string, number>();
      const fifos = await Promise.all(
        probes.names.map((name) => prepareService(services, name, probes, () => ready.set(name, Date.now()))),
      );
      const running = await startHere(context, tools.commandLine("s6-svscan", [services]));
      return withReadiness(running, ready, fifos);
    },
  };
}

function withReadiness(
  running: Omit<Running, "readyAgain">,
  ready: ReadonlyMap<string, number>,
  fifos: readonly Fifo[],
): Running {
  return {
    ...running,
    readyAgain: async () => ready,
    async stop() {
      await running.stop();
      for (const fifo of fifos) fifo.close();
    },
  };
}

/** A service directory, and a listener for the events of s6-supervise: U means up and ready. */
async function prepareService(services: string, name: string, { folder }: Probes, onReady: () => void) {
  const service = path.join(services, name);
  const events = path.join(service, "event");
  await mkdir(events, { recursive: true });
  await writeFile(path.join(service, "run"), `#!/bin/sh\nexec ${folder}/probe.sh ${name}\n`, { mode: 0o755 });
  await writeFile(path.join(service, "notification-fd"), "3\n");
  return await listenOnFifo(path.join(events, LISTENER), (text) => {
    if (text.includes("U")) onReady();
  });
}

/** s6 writes to the named pipes of an event directory with names like this. */
const LISTENER = `ftrig1:@${"4".padEnd(24, "0")}:kasmix`;
