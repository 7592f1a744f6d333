import type { Engine } from "../../src/engine/detect.ts";
import { runProcess } from "../../src/engine/process.ts";
import { containerName } from "../../src/engine/settings.ts";

/** The process of this test run; its workers inherit the variable. */
process.env.KASMIX_TEST_RUN ??= String(process.pid);
const RUN = process.env.KASMIX_TEST_RUN;

const PREFIX = "e2e-";

/** The prefix of this run's workspaces, after which containers and volumes are named. */
export const OWN_PREFIX = `${PREFIX}${RUN}-`;

/** Removes containers, volumes and networks of tests, also of earlier runs that were killed; not of other running runs. */
export async function removeLeftovers(): Promise<void> {
  await removeFrom("docker");
  await removeFrom("podman");
}

/** A missing engine has nothing to remove: its answers are empty. */
async function removeFrom(engine: Engine["kind"]): Promise<void> {
  const names = async (...list: string[]) =>
    (await runProcess(engine, list)).stdout.split("\n").filter(isLeftover);
  const filter = ["--filter", `name=${containerName(PREFIX)}`];
  const containers = await names("ps", "--all", "--format", "{{.Names}}", ...filter);
  if (containers.length > 0) await runProcess(engine, ["rm", "--force", "--volumes", ...containers]);
  const volumes = await names("volume", "ls", "--quiet", ...filter);
  if (volumes.length > 0) await runProcess(engine, ["volume", "rm", "--force", ...volumes]);
  const networks = await names("network", "ls", "--format", "{{.Name}}", ...filter);
  if (networks.length > 0) await runProcess(engine, ["network", "rm", ...networks]);
}

function isLeftover(name: string): boolean {
  const run = /e2e-(\d+)-\d+-\d+/.exec(name)?.[1];
  return run !== undefined && (run === RUN || !isAlive(Number(run)));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
