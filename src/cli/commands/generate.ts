import { type Fault, KasmixError } from "../../model/error.ts";
import type { Workspace } from "../../model/types.ts";
import { defineCommand } from "../command.ts";

export const generate = defineCommand({
  args: {
    workspace: { type: "positional", required: false, description: "Only this one (default: all)" },
    check: {
      type: "boolean",
      description: "Write nothing; fail where a file is out of date, or a lock is missing or of another core",
    },
  },
  examples: [
    { command: "./kasmix generate", explanation: "after a change of a workspace.ts; build does it too" },
    { command: "./kasmix generate --check", explanation: "in CI" },
  ],
  async run(args, { root, output }) {
    const [{ listWorkspaces, loadWorkspace }, renderer] = await Promise.all([
      import("../../model/load.ts"),
      import("../../generate/generate.ts"),
    ]);
    const names = args.workspace === undefined ? await listWorkspaces(root) : [args.workspace];
    const workspaces = await Promise.all(names.map((name) => loadWorkspace(root, name)));
    const check = args.check === true;
    const files = await renderer.generate(root, workspaces, { check });
    const stale = files.filter((file) => file.state === "stale");
    const faults = stale.map(({ path, diff }) => ({ path, message: diff ?? "differs" }));
    const locks = check ? await faultsOfLocks(root, workspaces) : [];
    if (faults.length + locks.length > 0) throw staleError(faults, locks);
    const changed = files
      .filter((file) => file.state !== "unchanged")
      .map(({ path, state }) => `${path}: ${state}`);
    const text = changed.length === 0 ? `All ${files.length} files are up to date` : changed.join("\n");
    output.result(files, text);
  },
});

/** Those of the workspaces that take their packages from Debian. */
async function faultsOfLocks(root: string, workspaces: readonly Workspace[]): Promise<Fault[]> {
  const [{ lockFaults }, { isOnNixpkgs }] = await Promise.all([
    import("../../debian/check.ts"),
    import("../../model/resolve.ts"),
  ]);
  return lockFaults(
    root,
    workspaces.filter((workspace) => !isOnNixpkgs(workspace)),
  );
}

function staleError(files: readonly Fault[], locks: readonly Fault[]): KasmixError {
  const parts = [
    ...(files.length > 0 ? [`${files.length} generated files are out of date`] : []),
    ...(locks.length > 0 ? ["the locks do not fit together"] : []),
  ];
  const message = `${parts.join(", and ")}.`;
  return new KasmixError("E_STALE", `${message[0]?.toUpperCase()}${message.slice(1)}`, {
    faults: [...files, ...locks],
    ...(files.length > 0 ? { fix: "Write the files: ./kasmix generate" } : {}),
  });
}
