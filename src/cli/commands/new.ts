import { KasmixError } from "../../model/error.ts";
import { defineCommand } from "../command.ts";

export const create = defineCommand({
  args: {
    name: {
      type: "positional",
      required: true,
      description: "Name of the new folder under workspaces/, and of its app's package and command",
    },
  },
  examples: [{ command: "./kasmix new thunderbird", explanation: "Debian's Thunderbird, ready to be built" }],
  async run({ name }, { root, output }) {
    const [{ mkdir, writeFile }, { join }, { renderNewWorkspace }] = await Promise.all([
      import("node:fs/promises"),
      import("node:path"),
      import("../../generate/new-workspace.ts"),
    ]);
    const content = renderNewWorkspace(name);
    const folder = join("workspaces", name);
    await mkdir(join(root, "workspaces"), { recursive: true });
    await mkdir(join(root, folder)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
      throw new KasmixError("E_USAGE", `${folder} exists already.`, { fix: "Choose another name." });
    });
    const path = join(folder, "workspace.ts");
    await writeFile(join(root, path), content);
    output.result({ workspace: name, files: [path] }, path);
    output.step(
      `Look at package, command and window there, then: ./kasmix lock ${name}; ./kasmix up ${name}`,
    );
  },
});
