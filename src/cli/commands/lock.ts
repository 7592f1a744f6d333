import type { Architecture } from "../../debian/format.ts";
import type { Change, LockResult } from "../../debian/lock.ts";
import { KasmixError } from "../../model/error.ts";
import { type Context, defineCommand } from "../command.ts";

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
  async run(args, context) {
    const { output } = context;
    const [{ hasProgram }, { openBuilder, runInside }] = await Promise.all([
      import("../../builder/needed.ts"),
      import("../inside.ts"),
    ]);
    const builder = await openBuilder(context, () => !hasProgram("apt-get"));
    const locks =
      builder === undefined
        ? await lockHere(context, { ...args, check: args.check === true })
        : ((await runInside(context, builder, ["lock", ...context.argv])) as readonly LockedFile[]);
    output.result(locks, locks.map(renderLocked).join("\n"));
    const written = locks.filter(({ state }) => state === "written").map(({ path }) => path);
    if (written.length > 1) output.step(`Commit them together: ${written.join(" ")}`);
  },
});

/** A lock, as --json shows it. */
interface LockedFile extends Pick<LockResult, "path" | "state" | "changes"> {
  readonly packages: number;
}

async function lockHere(
  { root, output, signal }: Context,
  args: { readonly workspace: string | undefined; readonly check: boolean; readonly architecture: string },
): Promise<LockedFile[]> {
  const [{ listWorkspaces, loadWorkspace }, { isOnNixpkgs }, { lockWorkspaces }] = await Promise.all([
    import("../../model/load.ts"),
    import("../../model/resolve.ts"),
    import("../../debian/lock.ts"),
  ]);
  const names = args.workspace === undefined ? await listWorkspaces(root) : [args.workspace];
  const all = await Promise.all(names.map((name) => loadWorkspace(root, name)));
  const workspaces = all.filter((workspace) => !isOnNixpkgs(workspace));
  if (args.workspace !== undefined && workspaces.length === 0) throw noLock(args.workspace);
  const results = await lockWorkspaces(root, workspaces, {
    ...{ check: args.check, keepCore: args.workspace !== undefined, signal },
    architecture: architectureOf(args.architecture),
    onProgress: (text) => output.step(text),
  });
  const stale = results.filter(({ state }) => state === "stale");
  if (stale.length > 0) throw staleError(stale);
  return results.map(({ path, state, changes, lock }) => {
    return { path, state, packages: lock.packages.length, changes };
  });
}

/** Throws E_USAGE for an architecture without locks. */
function architectureOf(name: string): Architecture {
  const known: readonly Architecture[] = ["amd64", "arm64"];
  const found = known.find((each) => each === name);
  if (found !== undefined) return found;
  throw new KasmixError("E_USAGE", `--architecture must be amd64 or arm64, not ${name}.`);
}

/** One line for the lock, one for each package that changed. */
function renderLocked({ path, state, changes, packages }: LockedFile): string {
  const summary = `${path}: ${state}, ${packages} packages`;
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
