import type { Locks } from "../debian/format.ts";
import type { Omission } from "../engine/build.ts";
import { KasmixError } from "../model/error.ts";
import type { Workspace } from "../model/types.ts";
import { mebibytes } from "../terminal/mebibytes.ts";
import type { VendorFile } from "../vendor-files/file.ts";
import type { Context } from "./command.ts";
import type { Progress } from "./progress.ts";

/** Puts all downloads of the build into the Nix store beforehand: faster, and from this machine's mirrors. */
export async function fetchEverything(
  context: Context,
  workspace: Workspace,
  { locks, vendor }: { readonly locks: Locks | Pick<Locks, "tools">; readonly vendor: readonly VendorFile[] },
  derivation: string,
  options: { readonly frozen?: boolean },
): Promise<Omission> {
  // First, since these are the most likely to fail.
  await fetchVendor(context, derivation, vendor);
  const omission = await fetchWheels(context, workspace, derivation, options);
  await fetchPackages(context, workspace, locks, options);
  await fetchNpm(context, derivation);
  return omission;
}

async function fetchNpm({ output, signal }: Context, derivation: string): Promise<void> {
  const { prefetchNpm } = await import("../engine/npm.ts");
  let bar: Progress | undefined;
  await prefetchNpm(derivation, {
    signal,
    onProgress(done, total) {
      bar ??= output.progress("Fetching npm packages");
      bar.update(done, total, `${done} of ${total}`);
    },
    onProblem: (text) => output.detail(text),
  });
  bar?.end("Fetched npm packages");
}

/** Fetches the wheels. Those that cannot be had are left out of the image, unless everything has to be as it is pinned. */
async function fetchWheels(
  { output, signal }: Context,
  { name }: Workspace,
  derivation: string,
  { frozen = false }: { readonly frozen?: boolean },
): Promise<Omission> {
  const { prefetchWheels } = await import("../wheels/prefetch.ts");
  const lost = await prefetchWheels(name, derivation, {
    signal,
    onFound: (path) => output.step(`Took ${path}`),
    onStep: (text) => output.step(text),
    onWheel: (spec) => output.step(`Fetching ${spec}`),
  });
  if (lost.length === 0) return {};
  const { lostWheelsError, renderLostWheels } = await import("../wheels/lost.ts");
  if (frozen) throw lostWheelsError(lost);
  output.warn(renderLostWheels(lost, name));
  for (const reason of lost.flatMap(({ reasons }) => reasons)) output.detail(reason);
  return { withoutWheels: true };
}

/** Downloads vendor software; shows a bar only when something is missing. */
async function fetchVendor(
  { output, signal }: Context,
  derivation: string,
  files: readonly VendorFile[],
): Promise<void> {
  if (files.length === 0) return;
  const { prefetchVendor } = await import("../vendor-files/prefetch.ts");
  let bar: Progress | undefined;
  await prefetchVendor(derivation, files, {
    signal,
    onFound: (path) => output.step(`Took ${path}`),
    onLine: (line) => output.detail(line),
    onTransfer(done, total) {
      bar ??= output.progress("Fetching vendor files");
      bar.update(done, total, `${mebibytes(done)} of ${total === 0 ? "?" : mebibytes(total)} MiB`);
    },
  });
  bar?.end("Fetched vendor files");
}

async function fetchPackages(
  context: Context,
  workspace: Workspace,
  locks: Locks | Pick<Locks, "tools">,
  { frozen = false }: { readonly frozen?: boolean },
): Promise<void> {
  const { root, output, signal } = context;
  const { relockMissing } = await import("../debian/lock.ts");
  const vanished = await fetchLocked(context, locks);
  if (vanished.length === 0) return;
  if (!("own" in locks)) throw vanishedError(vanished, "./kasmix lock");
  const options = { frozen, signal, onProgress: (text: string) => output.step(text) };
  const renewed = await relockMissing(root, workspace, locks, vanished, options);
  output.warn(["Locked packages had to be replaced:", ...renewed.warnings].join("\n  "));
  const still = await fetchLocked(context, renewed.locks);
  if (still.length > 0) throw vanishedError(still, `./kasmix lock ${workspace.name}`);
}

function vanishedError(packages: readonly { readonly name: string }[], command: string): KasmixError {
  const names = packages.map(({ name }) => name).join(", ");
  return new KasmixError("E_FETCH", `${names} cannot be downloaded from any mirror.`, {
    fix: `Try again later, or resolve all packages again: ${command}`,
  });
}

/** Fetches the locked packages; shows a bar only when something is missing. Returns those that have left the mirrors. */
async function fetchLocked({ output, signal }: Context, locks: Locks | Pick<Locks, "tools">) {
  const { prefetch } = await import("../debian/prefetch.ts");
  let bar: Progress | undefined;
  const { fetched, vanished } = await prefetch(Object.values(locks), {
    signal,
    onProgress({ done, total, bytesDone, bytesTotal }) {
      bar ??= output.progress("Fetching packages");
      const share = `${mebibytes(bytesDone)} of ${mebibytes(bytesTotal)} MiB, ${done} of ${total}`;
      bar.update(bytesDone, bytesTotal, share);
    },
  });
  bar?.end(`Fetched ${fetched} packages`);
  return vanished;
}
