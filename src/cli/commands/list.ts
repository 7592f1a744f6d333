import { type Fault, KasmixError } from "../../model/error.ts";
import { renderFaults } from "../../terminal/report.ts";
import { renderTable } from "../../terminal/table.ts";
import { defineCommand } from "../command.ts";

export const list = defineCommand({
  args: {},
  examples: [
    { command: "./kasmix list", explanation: "every workspace, and the faults of its workspace.ts" },
    { command: "./kasmix list --json | jq -r '.[].name'", explanation: "their names" },
  ],
  async run(_args, { root, output, signal }) {
    const [{ access }, { join }, { listWorkspaces }, { lockPath }] = await Promise.all([
      import("node:fs/promises"),
      import("node:path"),
      import("../../model/load.ts"),
      import("../../debian/read.ts"),
    ]);
    const names = await listWorkspaces(root);
    const states = await containerStates(names, signal);
    const rows = await Promise.all(
      names.map(async (name, index) => ({
        name,
        locked: await access(join(root, lockPath(name))).then(
          () => true,
          () => false,
        ),
        built: await isBuilt(root, name),
        state: states[index]?.state ?? "unknown",
        url: states[index]?.url ?? "",
        faults: await faultsOf(root, name),
      })),
    );
    output.result(rows, renderRows(rows));
    for (const { name, faults } of rows.filter(({ faults }) => faults.length > 0))
      output.warn([`${name} cannot be built:`, ...renderFaults(faults)].join("\n"));
  },
});

/** The faults of the workspace's file. */
async function faultsOf(root: string, name: string): Promise<readonly Fault[]> {
  const { loadWorkspace } = await import("../../model/load.ts");
  try {
    await loadWorkspace(root, name);
    return [];
  } catch (error) {
    if (error instanceof KasmixError && error.code === "E_MODEL") return error.faults;
    throw error;
  }
}

/** With vendor software or without. */
async function isBuilt(root: string, name: string): Promise<boolean> {
  const { findLastBuild } = await import("../../engine/build.ts");
  const found = await Promise.all(
    [false, true].map((withoutVendor) => findLastBuild(root, name, { withoutVendor })),
  );
  return found.some((path) => path !== undefined);
}

/** States of containers; `unknown` where no engine answers, for the list is useful without one. */
async function containerStates(
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly Pick<Row, "state" | "url">[]> {
  const [{ detectEngine }, { containerStatuses }] = await Promise.all([
    import("../../engine/detect.ts"),
    import("../../engine/container.ts"),
  ]);
  const engine = await detectEngine({ signal }).catch((error: unknown) => {
    if (error instanceof KasmixError && error.code === "E_ENGINE") return undefined;
    throw error;
  });
  if (engine === undefined) return names.map(() => ({ state: "unknown", url: "" }));
  return (await containerStatuses(engine, names)).map(({ state, url }) => ({ state, url }));
}

interface Row {
  readonly name: string;
  readonly locked: boolean;
  readonly built: boolean;
  readonly state: string;
  readonly url: string;
}

function renderRows(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.name,
    row.locked ? "locked" : "not locked",
    row.built ? "built" : "not built",
    row.state,
    row.url,
  ]);
  return renderTable([["WORKSPACE", "LOCK", "IMAGE", "CONTAINER", "ADDRESS"], ...cells]);
}
