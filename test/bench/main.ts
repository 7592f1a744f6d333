import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { renderError, renderErrorReport, toKasmixError } from "../../src/cli/report.ts";
import { lastBuild } from "../../src/engine/build.ts";
import { loadImage } from "../../src/engine/load.ts";
import { KasmixError } from "../../src/model/error.ts";
import { measureBuilds } from "./builds.ts";
import { type Context, withContext } from "./context.ts";
import { describeMachine, renderMachine } from "./machine.ts";
import { judge, renderTable } from "./report.ts";
import { buildRows, startRows } from "./rows.ts";
import { measureStartup } from "./startup.ts";

const PARTS = ["build", "start"];
const OPTIONS = {
  json: { type: "boolean", default: false },
  only: { type: "string" },
  runs: { type: "string", default: "5" },
  workspace: { type: "string", default: "desktop" },
  "without-dockerfile": { type: "boolean", default: false },
} as const;

await main();

/** `kasmix bench`: measures, and prints a table or JSON on stdout; what is being done goes to stderr. */
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
    const findings = await withContext(given, (context) => measure(context, options));
    process.stdout.write(`${json ? JSON.stringify(findings, null, 2) : renderFindings(findings)}\n`);
  } catch (thrown) {
    const error = toKasmixError(thrown, abort.signal);
    process.exitCode = error.exitCode;
    if (error.code === "E_INTERRUPTED") return; // who was interrupted too is `kasmix`, and says so
    process.stderr.write(`${renderError(error)}\n`);
    if (json) process.stdout.write(`${JSON.stringify(renderErrorReport(error), null, 2)}\n`);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

type Options = ReturnType<typeof readOptions>;

function readOptions() {
  try {
    const { values } = parseArgs({ options: OPTIONS });
    const runs = Number(values.runs);
    if (!Number.isInteger(runs) || runs < 1) throw new Error("--runs takes a whole number above 0.");
    const { only } = values;
    if (only !== undefined && !PARTS.includes(only)) throw new Error(`--only takes ${PARTS.join(" or ")}.`);
    return { only, runs, workspace: values.workspace, withDockerfile: !values["without-dockerfile"] };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new KasmixError("E_USAGE", message, { fix: "docs/benchmarks.md has the options." });
  }
}

type Findings = Awaited<ReturnType<typeof measure>>;

async function measure(context: Context, { only, withDockerfile }: Options) {
  const machine = await describeMachine(context);
  const start = only === "build" ? undefined : await measureStartup(context, await loadCheckout(context));
  const builds = only === "start" ? undefined : await measureBuilds(context, withDockerfile);
  const rows = [...(builds ? buildRows(builds) : []), ...(start ? startRows(start) : [])];
  return { date: new Date().toISOString(), machine, rows: rows.map(judge), builds, start };
}

/** Loads what the user's checkout has built last. */
async function loadCheckout({ root, workspace, engine, signal }: Context): Promise<string> {
  const { image } = await lastBuild(root, workspace);
  return (await loadImage(engine, image, { signal })).image;
}

function renderFindings({ date, machine, rows, builds }: Findings): string {
  const steps = (builds?.kasmix.derivations ?? [])
    .filter(({ seconds }) => seconds > 0)
    .map(({ name, seconds }) => `${name} ${seconds} s`);
  const cold = steps.length === 0 ? [] : ["", `Cold build, one after the other: ${steps.join(", ")}.`];
  return [`${date.slice(0, 10)}: ${renderMachine(machine)}.`, "", renderTable(rows), ...cold].join("\n");
}
