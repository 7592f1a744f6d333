import { writeFile } from "node:fs/promises";
import path from "node:path";
import { waitUntilReady } from "../../../src/engine/ready.ts";
import { containerName } from "../../../src/engine/settings.ts";
import { openShell } from "../../../src/engine/shell.ts";
import type { ResolvedService, RuntimeConfig } from "../../../src/model/runtime.ts";
import { benchSettings, removeBenchContainer, startContainer } from "../container.ts";
import { type Context, run } from "../context.ts";
import { containerProcesses, findEntrypoint } from "../processes.ts";
import type { Probes } from "./probes.ts";
import type { Running, Subject } from "./subject.ts";

/** Where the probes' folder is in the container. */
const MOUNT = "/run/kasmix-bench";

/** The image's own supervisor in a container of the workspace that has the probes as services besides its own. */
export async function kasmixSubject(context: Context, image: string, probes: Probes): Promise<Subject> {
  const { engine, workspace } = context;
  const options = await mountProbes(context, image, probes);
  const settings = await benchSettings(context, image, `${workspace}-bench-recovery`);
  const remove = () => removeBenchContainer(context, settings.workspace);
  context.atEnd(remove);
  const name = containerName(settings.workspace);
  return {
    name: "Kasmix",
    async start() {
      await remove();
      await startContainer(context, settings, options);
      await waitUntilReady(engine, { ...settings, signal: context.signal });
      return {
        processes: () => containerProcesses(engine, name),
        own: (processes) => [findEntrypoint(processes)],
        readyAgain: () => readyAgain(context, name),
        stop: remove,
      };
    },
  };
}

/** Options of `docker run` that add the probes to the services of the image. */
export async function mountProbes(context: Context, image: string, probes: Probes): Promise<string[]> {
  const config = await readConfig(context, image);
  const services = {
    ...config.services,
    ...Object.fromEntries(probes.names.map((name) => [name, probe(name)])),
  };
  const file = path.join(probes.folder, "workspace.json");
  await writeFile(file, JSON.stringify({ ...config, services }), { mode: 0o644 });
  return ["--volume", `${probes.folder}:${MOUNT}`, "--env", `KASMIX_CONFIG=${MOUNT}/workspace.json`];
}

async function readConfig({ engine, signal }: Context, image: string): Promise<RuntimeConfig> {
  const cat = run("E_ENGINE", { signal });
  return JSON.parse(
    await cat`${engine.kind} run --rm --network none --entrypoint cat ${image} /opt/kasmix/workspace.json`,
  );
}

function probe(name: string): ResolvedService {
  return {
    command: [`${MOUNT}/probe.sh`, name],
    environment: {},
    directory: "/",
    needs: [],
    ready: { fd: 3 },
    restart: "always",
    stop: { signal: "TERM", grace: 5, to: "group" },
    critical: false,
  };
}

/** The last time at which each service became ready, from the supervisor's log. */
async function readyAgain(
  { engine, signal }: Context,
  container: string,
): ReturnType<Required<Running>["readyAgain"]> {
  const { stdout } = await (await openShell({ signal }))`${engine.kind} logs ${container}`;
  return readyTimes(stdout.split("\n"));
}

/** When each service became ready for the last time, in milliseconds of `Date.now()`, by the lines of a log. */
export function readyTimes(lines: readonly string[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const line of lines.filter((line) => line.startsWith("{"))) {
    const { event, service, to, time } = JSON.parse(line);
    if (event === "service" && to === "ready") times.set(service, Date.parse(time));
  }
  return times;
}
