import { type Fault, KasmixError } from "../../model/error.ts";
import { KASMVNC } from "../../model/resolve.ts";
import type { Workspace } from "../../model/types.ts";
import type { UpdateOptions, UpdateResult, VendorUpdate } from "../../vendor-files/update.ts";
import { type Context, defineCommand } from "../command.ts";
import type { Progress } from "../progress.ts";

export const update = defineCommand({
  args: {
    workspace: {
      type: "positional",
      required: false,
      description:
        "Its third-party software (default: what all images share, pixelflux and KasmVNC's release)",
    },
    package: {
      type: "positional",
      required: false,
      description: "Only this one of its vendor packages (default: all)",
    },
    check: { type: "boolean", description: "Write nothing; fail where there is a newer version" },
  },
  examples: [
    { command: "./kasmix update", explanation: "the newest pixelflux and KasmVNC, for every architecture" },
    {
      command: "./kasmix update signal",
      explanation: "write the newest version and its hash into workspace.ts",
    },
    { command: "./kasmix update void discord", explanation: "one package of several" },
    { command: "./kasmix update signal --check", explanation: "exit code 9 if there is a newer one" },
  ],
  async run(args, context) {
    const check = args.check === true;
    if (args.workspace === undefined) return updatePins(context, check);
    const [{ generateFiles }, { openImage }] = await Promise.all([
      import("../generate-files.ts"),
      import("../steps.ts"),
    ]);
    const { workspace } = await openImage(context, args.workspace);
    const { updateVendor } = await import("../../vendor-files/update.ts");
    const result = await withProgress(context, (options) =>
      updateVendor(context.root, workspace, { ...options, only: args.package, check }),
    );
    const changed = result.updates.some(({ state }) => state === "updated");
    if (changed) await generateFiles(context, updated(workspace, result.updates));
    refuse(result, context, {
      what: workspace.name,
      command: `./kasmix update ${workspace.name}`,
      place: (name) => `vendor.${name}`,
    });
    const lines = result.updates.map(renderUpdate);
    const text = lines.length === 0 ? `${workspace.name} has no vendor packages` : lines.join("\n");
    context.output.result(result.updates, text);
    if (changed) context.output.step(`Build it: ./kasmix build ${workspace.name}`);
  },
});

/** Updates what is pinned for all images. */
async function updatePins(context: Context, check: boolean): Promise<void> {
  const { updateShared } = await import("../../vendor-files/update-shared.ts");
  const { output, root } = context;
  const onStep = (text: string) => output.step(text);
  const result = await withProgress(context, (options) => updateShared(root, { ...options, check, onStep }));
  refuse(result, context, { what: "all images", command: "./kasmix update", place: (name) => name });
  output.result(result.updates, result.updates.map(renderUpdate).join("\n"));
  const changed = result.updates.filter(({ state }) => state === "updated").map(({ name }) => name);
  if (changed.length > 0) output.step("Build the images again: ./kasmix build WORKSPACE");
  if (changed.some((name) => name !== KASMVNC)) {
    output.step(
      "The bill of materials names what is in the wheel by `bundled` in nix/locks/wheels.json: check it.",
    );
  }
}

/** Finds updates while the progress of each is shown. */
async function withProgress(
  { output, signal }: Context,
  find: (options: UpdateOptions) => Promise<UpdateResult>,
): Promise<UpdateResult> {
  const [{ openWeb }, { mebibytes }] = await Promise.all([
    import("../../net/http.ts"),
    import("../../terminal/mebibytes.ts"),
  ]);
  const web = openWeb();
  let bar: Progress | undefined;
  // Without a text, the download failed; the next one gets its own bar.
  const endBar = (text?: string): void => {
    bar?.end(text);
    bar = undefined;
  };
  try {
    return await find({
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

/** Whose software is updated, for messages. */
interface Subject {
  readonly what: string;
  readonly command: string;
  /** Place of a package in faults. */
  readonly place: (name: string) => string;
}

/** Reports what succeeded, then throws for everything that failed. */
function refuse(
  { updates, fetchFaults, pinFaults }: UpdateResult,
  { output }: Context,
  { what, command, place }: Subject,
): void {
  const faults = [...fetchFaults, ...pinFaults];
  const outdated = updates.filter(({ state }) => state === "outdated");
  if (faults.length === 0 && outdated.length === 0) return;
  const toFault = ({ name, from, to }: VendorUpdate): Fault => ({
    path: place(name),
    message: to === from ? `${from}, with another file` : `${from} -> ${to}`,
  });
  const fine = updates.filter(({ state }) => state !== "outdated");
  for (const each of fine) output.step(renderUpdate(each));
  if (faults.length === 0) throw outdatedError(outdated.map(toFault), what, command);
  const message = `${faults.length === 1 ? "One thing" : `${faults.length} things`} of ${what} cannot be updated.`;
  throw new KasmixError(fetchFaults.length > 0 ? "E_FETCH" : "E_MODEL", message, {
    faults: [...faults, ...outdated.map(toFault)],
  });
}

function outdatedError(faults: readonly Fault[], what: string, command: string): KasmixError {
  return new KasmixError("E_STALE", `Third-party software of ${what} is outdated.`, {
    faults,
    fix: `Take the newest: ${command}`,
  });
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
