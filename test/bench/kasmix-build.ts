import { rm } from "node:fs/promises";
import path from "node:path";
import { prefetch } from "../../src/debian/prefetch.ts";
import { readLocks } from "../../src/debian/read.ts";
import { findInvalid } from "../../src/debian/store.ts";
import { lastBuild } from "../../src/engine/build.ts";
import { removeContainer } from "../../src/engine/container.ts";
import type { Image } from "../../src/engine/image.ts";
import { NIX_OPTIONS } from "../../src/engine/nix.ts";
import { prefetchNpm } from "../../src/engine/npm.ts";
import { openShell } from "../../src/engine/shell.ts";
import { KasmixError } from "../../src/model/error.ts";
import { freePort } from "../helpers/free-port.ts";
import { type Checkout, copyCheckout } from "./checkout.ts";
import { type Context, run, timedRuns } from "./context.ts";

export interface KasmixBuild {
  readonly checkout: Checkout;
  readonly image: Image;
  /** Seconds until the image is built, and until the engine has it: layers are sent while others are built. */
  readonly cold: number;
  readonly loaded: number;
  /** Whether the load had to send every layer, as it should. */
  readonly allSent: boolean;
  /** Seconds of each run. */
  readonly unchanged: readonly number[];
  /** The derivations of the cold build, in order, with the whole seconds from the end of one to the end of the next. */
  readonly derivations: readonly { readonly name: string; readonly seconds: number }[];
}

/**
 * Builds the workspace's image from scratch in a copy of the checkout, by the command that loads and starts it as well, and
 * builds it again unchanged.
 */
export async function measureKasmixBuild(context: Context): Promise<KasmixBuild> {
  const { say, engine } = context;
  const checkout = await copyCheckout(context);
  const { workspace } = checkout;
  await fetchAll(context, checkout);
  const outputs = await checkout.ownOutputs();
  await requireUnbuilt(outputs);
  context.atEnd(() => forget(checkout));
  say(`Kasmix: building ${outputs.length} derivations from scratch`);
  const begin = Date.now();
  const { cold, loaded, allSent } = await upFromScratch(context, checkout);
  const derivations = await buildTimes(outputs, begin, context.signal);
  const { image } = await lastBuild(checkout.root, workspace);
  context.atEnd(async () => {
    const shell = await openShell();
    const { stdout } = await shell`${engine.kind} image ls --quiet ${image.name}`;
    const ids = [...new Set(stdout.split("\n").filter(Boolean))];
    if (ids.length > 0) await shell`${engine.kind} image rm --force ${ids}`;
  });
  say("Kasmix: building without a change");
  const unchanged = await timedRuns(context.runs, () => checkout.kasmix("build", workspace));
  return { checkout, image, cold, loaded, allSent, unchanged, derivations };
}

/** Builds, loads and starts the image; tells the seconds until it is said to be built, and to be loaded. */
async function upFromScratch({ engine, atEnd }: Context, { workspace, follow }: Checkout) {
  atEnd(() => removeContainer(engine, workspace, true));
  const port = await freePort();
  await run("E_MACHINE")`sync`;
  const begin = performance.now();
  const found = { cold: Number.NaN, loaded: Number.NaN, allSent: false };
  await follow(["up", workspace, "--port", `${port}`], (line) => {
    const seconds = (performance.now() - begin) / 1000;
    if (line.startsWith("Built ")) found.cold = seconds;
    const sent = /^Loaded .*: (\d+) of (\d+) layers sent/.exec(line);
    if (sent !== null) Object.assign(found, { loaded: seconds, allSent: sent[1] === sent[2] });
  });
  return found;
}

/** A cold build starts with everything that is fetched in the store. */
async function fetchAll({ root, workspace, signal, say }: Context, checkout: Checkout): Promise<void> {
  say("Making sure that all packages are there");
  const { tools, core, own } = await readLocks(root, workspace);
  const { vanished } = await prefetch([tools, core, own], { signal });
  if (vanished.length > 0) {
    throw new KasmixError("E_FETCH", `${vanished.length} locked packages have left the mirrors.`, {
      fix: `./kasmix build ${workspace} replaces them`,
    });
  }
  await prefetchNpm(await checkout.derivation(), { signal });
}

/** Without this check a build that only looks things up would pass for a fast one. */
async function requireUnbuilt(outputs: readonly string[]): Promise<void> {
  const invalid = await findInvalid(outputs);
  const built = outputs.filter((output) => !invalid.has(output));
  const missing = ["build-tools", "core-layer", "runtime", "-files", "-image"].filter(
    (part) => !outputs.some((output) => output.endsWith(part)),
  );
  if (built.length === 0 && missing.length === 0) return;
  throw new KasmixError("E_INTERNAL", `The copy would not be built from scratch: ${[...built, ...missing]}.`);
}

/** By the times of registration, which Nix keeps in whole seconds. */
async function buildTimes(
  outputs: readonly string[],
  begin: number,
  signal: AbortSignal,
): Promise<KasmixBuild["derivations"]> {
  const printed = await run("E_BUILD", { signal })`nix path-info ${NIX_OPTIONS} --json ${outputs}`;
  const shown: unknown = JSON.parse(printed);
  const ends = readRegistrations(shown).toSorted((a, b) => a.registrationTime - b.registrationTime);
  return ends.map(({ path: output, registrationTime }, index) => ({
    name: path.basename(output).slice(HASH_LENGTH),
    seconds: registrationTime - (ends[index - 1]?.registrationTime ?? Math.floor(begin / 1000)),
  }));
}

/** Length of the hash before a store path's name, with the dash. */
const HASH_LENGTH = 33;

interface Registration {
  readonly path: string;
  /** Seconds since 1970. */
  readonly registrationTime: number;
}

/** Newer versions of Nix print an object by path instead of a list. */
function readRegistrations(shown: unknown): readonly Registration[] {
  if (Array.isArray(shown)) return shown;
  const byPath = shown as Readonly<Record<string, Omit<Registration, "path">>>;
  return Object.entries(byPath).map(([path, info]) => ({ path, registrationTime: info.registrationTime }));
}

/** Deletes from the store what only the copy has built. */
async function forget({ root, everBuilt }: Checkout): Promise<void> {
  await rm(path.join(root, ".kasmix"), { recursive: true, force: true });
  const invalid = await findInvalid([...everBuilt]);
  const present = [...everBuilt].filter((output) => !invalid.has(output));
  if (present.length > 0) await run("E_BUILD")`nix-store --delete ${present}`;
}
