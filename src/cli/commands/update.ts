import { type Fault, KasmixError } from "../../model/error.ts";
import type { Workspace } from "../../model/types.ts";
import type { UpdateResult, VendorUpdate } from "../../vendor-files/update.ts";
import { type Context, defineCommand } from "../command.ts";
import type { Progress } from "../progress.ts";
import { WORKSPACE } from "./_arguments.ts";

export const update = defineCommand({
  args: {
    workspace: WORKSPACE,
    package: {
      type: "positional",
      required: false,
      description: "Only this one of its vendor packages (default: all)",
    },
    check: { type: "boolean", description: "Write nothing; fail where there is a newer version" },
  },
  examples: [
    {
      command: "./kasmix update signal",
      explanation: "write the newest version and its hash into workspace.ts",
    },
    { command: "./kasmix update void discord", explanation: "one package of several" },
    { command: "./kasmix update signal --check", explanation: "exit code 9 if there is a newer one" },
  ],
  async run(args, context) {
    const { generateFiles, openImage } = await import("../steps.ts");
    const { workspace } = await openImage(context, args.workspace);
    const result = await findUpdates(context, workspace, { only: args.package, check: args.check === true });
    const changed = result.updates.some(({ state }) => state === "updated");
    if (changed) await generateFiles(context, updated(workspace, result.updates));
    refuse(result, context, workspace.name);
    const lines = result.updates.map(renderUpdate);
    const text = lines.length === 0 ? `${workspace.name} has no vendor packages` : lines.join("\n");
    context.output.result(result.updates, text);
    if (changed) context.output.step(`Build it: ./kasmix build ${workspace.name}`);
  },
});

async function findUpdates(
  { root, output, signal }: Context,
  workspace: Workspace,
  options: { readonly only: string | undefined; readonly check: boolean },
): Promise<UpdateResult> {
  const [{ updateVendor }, { openWeb }] = await Promise.all([
    import("../../vendor-files/update.ts"),
    import("../../net/http.ts"),
  ]);
  const { mebibytes } = await import("../steps.ts");
  const web = openWeb();
  let bar: Progress | undefined;
  // Without a text, the download failed; the next one gets its own bar.
  const endBar = (text?: string): void => {
    bar?.end(text);
    bar = undefined;
  };
  try {
    return await updateVendor(root, workspace, {
      ...options,
      web,
      signal,
      onPackage(name) {
        endBar();
        output.step(`Asking for the newest ${name}`);
      },
      onProgress(name, done, total) {
        bar ??= output.progress(`Fetching ${name} for its hash`);
        bar.update(done, total, `${mebibytes(done)} MiB`);
      },
      onFetched: (name) => endBar(`Fetched ${name} for its hash`),
    });
  } finally {
    endBar();
    web.close();
  }
}

/** The updated workspace: importing workspace.ts again would return the cached one. */
function updated(workspace: Workspace, updates: readonly VendorUpdate[]): Workspace {
  const vendor = { ...workspace.vendor };
  for (const { name, to: version, sha256 } of updates) {
    const before = vendor[name];
    if (before !== undefined && sha256 !== undefined) vendor[name] = { ...before, version, sha256 };
  }
  return { ...workspace, vendor };
}

/** Reports what succeeded, then throws for everything that failed. */
function refuse({ updates, fetchFaults, pinFaults }: UpdateResult, { output }: Context, name: string): void {
  const faults = [...fetchFaults, ...pinFaults];
  const outdated = updates.filter(({ state }) => state === "outdated");
  if (faults.length === 0 && outdated.length === 0) return;
  const fine = updates.filter(({ state }) => state !== "outdated");
  for (const each of fine) output.step(renderUpdate(each));
  if (faults.length === 0) throw outdatedError(outdated.map(toFault), name);
  const message = `${faults.length === 1 ? "One thing" : `${faults.length} things`} of ${name} cannot be updated.`;
  throw new KasmixError(fetchFaults.length > 0 ? "E_FETCH" : "E_MODEL", message, {
    faults: [...faults, ...outdated.map(toFault)],
  });
}

function outdatedError(faults: readonly Fault[], name: string): KasmixError {
  return new KasmixError("E_STALE", `${name} has vendor software that is outdated.`, {
    faults,
    fix: `Take the newest: ./kasmix update ${name}`,
  });
}

function toFault({ name, from, to }: VendorUpdate): Fault {
  return {
    path: `vendor.${name}`,
    message: to === from ? `${from}, with another file` : `${from} -> ${to}`,
  };
}

/** One line for a package. */
export function renderUpdate({ name, state, from, to }: VendorUpdate): string {
  switch (state) {
    case "updated":
      return to === from ? `${name} ${from}: another file of this version` : `${name} ${from} -> ${to}`;
    case "outdated":
      return `${name} ${from} -> ${to} (not written)`;
    case "ahead":
      return `${name} ${from}: newer than ${to}, the newest according to its vendor`;
    case "untold":
      return `${name} ${from}: workspace.ts names no source for new versions`;
    case "unchanged":
      return `${name} ${from}: is the newest`;
  }
}
