import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { lastBuild } from "../../src/engine/build.ts";
import { loadImage } from "../../src/engine/load.ts";
import { KasmixError } from "../../src/model/error.ts";
import { renderError, renderErrorReport, toKasmixError } from "../../src/terminal/report.ts";
import { type Builds, measureBuilds } from "./builds.ts";
import { type Context, withContext } from "./context.ts";
import { killProcesses, renderKills } from "./kills/run.ts";
import { measureRelay } from "./load/relay.ts";
import { renderLoad } from "./load/rows.ts";
import { measureViewers } from "./load/viewers.ts";
import { describeMachine, type Machine, renderMachine } from "./machine.ts";
import { measureEntrypoint } from "./memory.ts";
import { measurePicture } from "./picture/measure.ts";
import { renderPicture } from "./picture/rows.ts";
import { measureRecovery, type Recoveries } from "./recovery/measure.ts";
import { recoveryRows, renderRecovery } from "./recovery/rows.ts";
import { judge, renderTable } from "./report.ts";
import { buildRows, entrypointRows, startRows } from "./rows.ts";
import { soak } from "./soak/run.ts";
import { checkSoak, memoryTrend, renderFailures, renderSoak } from "./soak/verdict.ts";
import { measureStartup } from "./startup.ts";

const PARTS = ["build", "start", "recovery", "picture"];
const OPTIONS = {
  json: { type: "boolean", default: false },
  kills: { type: "string" },
  load: { type: "string" },
  only: { type: "string" },
  runs: { type: "string", default: "5" },
  soak: { type: "string" },
  workspace: { type: "string", default: "desktop" },
  "without-dockerfile": { type: "boolean", default: false },
} as const;

await main();

/** `kasmix bench`: measures, and prints a table or JSON on stdout and the steps on stderr. */
async function main(): Promise<void> {
  const abort = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => abort.abort());
  const json = process.argv.includes("--json");
  const scratch = await mkdtemp(path.join(tmpdir(), "kasmix-bench-"));
  try {
    const options = readOptions();
    const { workspace, runs } = options;
    const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
    const say = (text: string) => void process.stderr.write(`${text}\n`);
    const given = { root, workspace, scratch, runs, signal: abort.signal, say };
    const work = workOf(options);
    const { findings, text } = await withContext(given, (context) => work(context, options));
    process.stdout.write(`${json ? JSON.stringify(findings, null, 2) : text}\n`);
  } catch (thrown) {
    const error = toKasmixError(thrown, abort.signal);
    process.exitCode = error.exitCode;
    if (error.code === "E_INTERRUPTED") return; // `kasmix` was interrupted too, and reports it
    process.stderr.write(`${renderError(error)}\n`);
    if (json) process.stdout.write(`${JSON.stringify(renderErrorReport(error), null, 2)}\n`);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

interface Options {
  /** Seconds. @default no kills */
  readonly kills: number | undefined;
  /** Minutes. @default no load */
  readonly load: number | undefined;
  readonly only: string | undefined;
  readonly runs: number;
  /** Minutes. @default no soak */
  readonly soak: number | undefined;
  readonly workspace: string;
  readonly withDockerfile: boolean;
}

function readOptions(): Options {
  try {
    const { values } = parseArgs({ options: OPTIONS });
    const runs = Number(values.runs);
    if (!Number.isInteger(runs) || runs < 1) throw new Error("--runs takes a whole number above 0.");
    const { only, workspace } = values;
    if (only !== undefined && !PARTS.includes(only))
      throw new Error(`--only takes one of ${PARTS.join(", ")}.`);
    const time = (name: "soak" | "load" | "kills", unit = "minutes") => {
      const value = values[name] === undefined ? undefined : Number(values[name]);
      if (value !== undefined && !(value > 0)) throw new Error(`--${name} takes ${unit} above 0.`);
      return value;
    };
    return {
      only,
      runs,
      kills: time("kills", "seconds"),
      soak: time("soak"),
      load: time("load"),
      workspace,
      withDockerfile: !values["without-dockerfile"],
    };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new KasmixError("E_USAGE", message, { fix: "docs/internals/benchmarks.md has the options." });
  }
}

/** The results of a run, as data and for people. */
interface Result {
  readonly findings: unknown;
  readonly text: string;
}

function workOf({ kills, load, only, soak }: Options) {
  if (only === "picture") return runPicture;
  if (kills !== undefined) return runKills;
  if (load !== undefined) return runLoad;
  return soak === undefined ? measure : runSoak;
}

async function measure(context: Context, { only, withDockerfile }: Options): Promise<Result> {
  const machine = await describeMachine(context);
  const wanted = (part: string) => only === undefined || only === part;
  const image = wanted("start") || wanted("recovery") ? await loadCheckout(context) : "";
  const start = wanted("start") ? await measureStartup(context, image) : undefined;
  const entrypoint = wanted("start") ? await measureEntrypoint(context, image) : undefined;
  const recovery = wanted("recovery") ? await measureRecovery(context, image) : undefined;
  const builds = wanted("build") ? await measureBuilds(context, withDockerfile) : undefined;
  const rows = [
    ...(builds ? buildRows(builds) : []),
    ...(start ? startRows(start) : []),
    ...(entrypoint ? entrypointRows(entrypoint) : []),
  ].map(judge);
  const date = new Date().toISOString();
  const recoveryFigures = recovery
    ? { recovery: { ...recovery, rows: recoveryRows(recovery.subjects) } }
    : {};
  const sections = [
    renderHead(date, machine),
    ...(rows.length > 0 ? [renderTable(rows)] : []),
    ...(recovery ? [renderRecovery(recovery.subjects), renderOthers(recovery)] : []),
    ...(builds ? renderSteps(builds) : []),
  ];
  const findings = { date, machine, rows, builds, start, entrypoint, ...recoveryFigures };
  return { findings, text: sections.join("\n\n") };
}

/** Ends with exit code 1 when a check failed, and says on stderr which. */
async function runSoak(context: Context, { soak: minutes = 0 }: Options): Promise<Result> {
  const machine = await describeMachine(context);
  const found = await soak(context, await loadCheckout(context), minutes);
  const date = new Date().toISOString();
  const checks = checkSoak(found);
  const failures = renderFailures(checks);
  if (failures !== "") {
    context.say(failures);
    process.exitCode = 1;
  }
  const findings = { date, machine, passed: failures === "", checks, trend: memoryTrend(found), soak: found };
  return { findings, text: [renderHead(date, machine), renderSoak(found)].join("\n\n") };
}

/** How a container lives while a random process is killed every second. */
async function runKills(context: Context, { kills: seconds = 0 }: Options): Promise<Result> {
  const machine = await describeMachine(context);
  const found = await killProcesses(context, await loadCheckout(context), seconds);
  const date = new Date().toISOString();
  const text = [renderHead(date, machine), renderKills(found)].join("\n\n");
  return { findings: { date, machine, kills: found }, text };
}

/** What a viewer sees of moving contents, beside peers. */
async function runPicture(context: Context): Promise<Result> {
  const machine = await describeMachine(context);
  const picture = await measurePicture(context, await loadCheckout(context));
  const date = new Date().toISOString();
  const text = [renderHead(date, machine), renderPicture(picture)].join("\n\n");
  return { findings: { date, machine, picture }, text };
}

/** Throughput of the relay, and twenty viewers of a moving desktop. */
async function runLoad(context: Context, { load = 0 }: Options): Promise<Result> {
  const machine = await describeMachine(context);
  const relay = await measureRelay(context);
  const viewers = await measureViewers(context, await loadCheckout(context), load);
  const date = new Date().toISOString();
  const text = [renderHead(date, machine), renderLoad(relay, viewers)].join("\n\n");
  return { findings: { date, machine, relay, viewers }, text };
}

/** Loads the last build of the user's checkout. */
async function loadCheckout({ root, workspace, engine, signal }: Context): Promise<string> {
  const { image } = await lastBuild(root, workspace);
  return (await loadImage(engine, image, { signal })).image;
}

function renderHead(date: string, machine: Machine): string {
  return `${date.slice(0, 10)}: ${renderMachine(machine)}.`;
}

/** Whom Kasmix was compared with. */
function renderOthers({ versions, leftOut }: Recoveries): string {
  const present = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const absent = Object.entries(leftOut).map(([name, reason]) => `${name} is left out: ${reason}`);
  return [...(present.length > 0 ? [`From Debian: ${present.join(", ")}.`] : []), ...absent].join("\n");
}

function renderSteps({ kasmix }: Builds): string[] {
  const steps = kasmix.derivations
    .filter(({ seconds }) => seconds > 0)
    .map(({ name, seconds }) => `${name} ${seconds} s`);
  return steps.length === 0 ? [] : [`Cold build, one after the other: ${steps.join(", ")}.`];
}
