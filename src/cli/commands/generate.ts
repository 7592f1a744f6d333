import { KasmixError } from "../../model/error.ts";
import { defineCommand } from "../command.ts";

export const generate = defineCommand({
  args: {
    workspace: { type: "positional", required: false, description: "Only this one (default: all)" },
    check: { type: "boolean", description: "Write nothing; fail with a diff where a file is out of date" },
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
    if (stale.length > 0) {
      throw new KasmixError("E_STALE", `${stale.length} generated files are out of date.`, {
        faults: stale.map(({ path, diff }) => ({ path, message: diff ?? "differs" })),
        fix: "Write them: ./kasmix generate",
      });
    }
    const changed = files
      .filter((file) => file.state !== "unchanged")
      .map(({ path, state }) => `${path}: ${state}`);
    const text = changed.length === 0 ? `All ${files.length} files are up to date` : changed.join("\n");
    output.result(files, text);
  },
});
