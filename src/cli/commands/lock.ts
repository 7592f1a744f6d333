import type { Architecture } from "../../debian/format.ts";
import type { Change, LockResult } from "../../debian/lock.ts";
import { KasmixError } from "../../model/error.ts";
import { defineCommand } from "../command.ts";

export const lock = defineCommand({
  args: {
    workspace: {
      type: "positional",
      required: false,
      description: "Only this one (default: all, and the core that they share)",
    },
    check: { type: "boolean", description: "Write nothing; fail if apt would install other versions now" },
    architecture: {
      type: "string",
      valueHint: "NAME",
      default: "amd64",
      description: "Architecture of the packages: amd64 or arm64",
    },
  },
  examples: [
    {
      command: "./kasmix lock desktop",
      explanation: "after a change of its packages, or for their newest versions",
    },
    {
      command: "./kasmix lock",
      explanation: "the newest versions of everything; every image is built again",
    },
    { command: "./kasmix lock --check", explanation: "what is outdated" },
  ],
  async run(args, { root, output, signal }) {
    const [{ listWorkspaces, loadWorkspace }, { isOnNixpkgs }, { lockWorkspaces }] = await Promise.all([
      import("../../model/load.ts"),
      import("../../model/resolve.ts"),
      import("../../debian/lock.ts"),
    ]);
    const names = args.workspace === undefined ? await listWorkspaces(root) : [args.workspace];
    const all = await Promise.all(names.map((name) => loadWorkspace(root, name)));
    const workspaces = all.filter((workspace) => !isOnNixpkgs(workspace));
    if (args.workspace !== undefined && workspaces.length === 0) throw noLock(args.workspace);
    const check = args.check === true;
    const architecture = architectureOf(args.architecture);
    const onProgress = (text: string): void => output.step(text);
    const keepCore = args.workspace !== undefined;
    const options = { check, keepCore, architecture, signal, onProgress };
    const results = await lockWorkspaces(root, workspaces, options);
    const stale = results.filter(({ state }) => state === "stale");
    if (stale.length > 0) throw staleError(stale);
    const value = results.map(({ path, state, changes, lock }) => {
      return { path, state, packages: lock.packages.length, changes };
    });
    output.result(value, results.map(renderResult).join("\n"));
    const written = results.filter(({ state }) => state === "written").map(({ path }) => path);
    if (written.length > 1) output.step(`Commit them together: ${written.join(" ")}`);
  },
});

/** Throws E_USAGE for an architecture without locks. */
function architectureOf(name: string): Architecture {
  const known: readonly Architecture[] = ["amd64", "arm64"];
  const found = known.find((each) => each === name);
  if (found !== undefined) return found;
  throw new KasmixError("E_USAGE", `--architecture must be amd64 or arm64, not ${name}.`);
}

/** One line for the lock, one for each package that changed. */
export function renderResult({ path, state, changes, lock: locked }: LockResult): string {
  const summary = `${path}: ${state}, ${locked.packages.length} packages`;
  return [summary, ...changes.map((change) => `  ${renderChange(change)}`)].join("\n");
}

function renderChange({ name, locked, newest }: Change): string {
  if (locked === undefined) return `${name} ${newest} (new)`;
  return newest === undefined ? `${name} ${locked} (goes)` : `${name} ${locked} -> ${newest}`;
}

function noLock(workspace: string): KasmixError {
  return new KasmixError("E_USAGE", `${workspace} takes its packages from nixpkgs, which flake.lock pins.`, {
    fix: "For newer ones: nix flake lock --update-input nixpkgs",
  });
}

function staleError(results: readonly LockResult[]): KasmixError {
  return new KasmixError("E_STALE", "Packages are outdated.", {
    faults: results.map(({ path, changes }) => ({
      path,
      message: changes.length === 0 ? "other install steps" : changes.map(renderChange).join("\n"),
    })),
    fix: "Take the newest: ./kasmix lock",
  });
}
