import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Image } from "../engine/image.ts";
import { runLines } from "../engine/process.ts";
import { KasmixError } from "../model/error.ts";
import { type Reference, renderReference } from "./reference.ts";

export interface PushOptions {
  readonly signal?: AbortSignal;
  /**
   * Lets the registry speak plain HTTP, or with a certificate that nobody vouches for. @default true for a registry on
   * this machine, as Docker has it, else false
   */
  readonly insecure?: boolean;
  /** Told each line that skopeo says. */
  readonly onLine?: (line: string) => void;
}

/** What a registry has after a push. */
export interface PushResult {
  /** With its tag. */
  readonly reference: string;
  /** Of the manifest in the registry, whose layers are compressed: another than the built image's. */
  readonly digest: string;
}

/**
 * Puts a built image into an OCI registry, sending only the layers that the registry lacks. skopeo does it: it
 * compresses the layers and takes the credentials from the file that `skopeo login` and `docker login` write. Where the
 * connection breaks it is tried again, three times.
 * @throws KasmixError E_PUBLISH with the registry's reason, E_MACHINE without skopeo
 */
export async function pushImage(image: Image, to: Reference, options: PushOptions = {}): Promise<PushResult> {
  const { insecure = isLoopback(to.registry) } = options;
  const reference = renderReference(to);
  const scratch = await mkdtemp(path.join(tmpdir(), "kasmix-push-"));
  try {
    const digestFile = path.join(scratch, "digest");
    const flags = [`--dest-tls-verify=${!insecure}`, "--retry-times=3", `--digestfile=${digestFile}`];
    // No policy file is needed to read what was built here.
    const command = [
      "--insecure-policy",
      "copy",
      ...flags,
      `oci:${image.directory}`,
      `docker://${reference}`,
    ];
    await runSkopeo(command, reference, options);
    return { reference, digest: (await readFile(digestFile, "utf8")).trim() };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Whether a registry is on this machine, where plain HTTP is no danger. */
export function isLoopback(registry: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(registry);
}

/** What of a connection that broke skopeo's own `--retry-times` does not try again, depending on when it broke. */
const BROKEN = /use of closed network connection|broken pipe|connection reset|unexpected EOF/;

/** Milliseconds before each further attempt. */
const PAUSES: readonly number[] = [1_000, 2_000, 4_000];

async function runSkopeo(command: readonly string[], reference: string, options: PushOptions): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const reason = await attemptSkopeo(command, options);
    if (reason === undefined) return;
    const pause = PAUSES[attempt];
    if (pause === undefined || !BROKEN.test(reason)) throw refusal(reference, reason);
    options.onLine?.(`The connection broke (${reason}): retrying in ${pause / 1_000} s`);
    await delay(pause, undefined, options);
  }
}

/** Why skopeo failed; undefined when it did not. */
async function attemptSkopeo(
  command: readonly string[],
  { signal, onLine }: PushOptions,
): Promise<string | undefined> {
  let last = "";
  const onEach = (line: string) => {
    if (line.trim() !== "") last = line.trim();
    onLine?.(line);
  };
  const { exitCode, notFound } = await runLines("skopeo", command, onEach, { signal, from: "all" });
  if (notFound) {
    throw new KasmixError("E_MACHINE", "skopeo, which sends images to registries, is not installed.", {
      fix: "On Debian and Ubuntu: apt-get install skopeo",
    });
  }
  if (exitCode === 0) return undefined;
  return /msg="(.*)"$/.exec(last)?.[1]?.replaceAll('\\"', '"') ?? (last || "skopeo ended without a word");
}

/** What skopeo's reason means to the one who pushes. */
function refusal(reference: string, reason: string): KasmixError {
  const fix = FIXES.find(([pattern]) => pattern.test(reason))?.[1];
  return new KasmixError("E_PUBLISH", `${reference} was not accepted: ${reason}`, {
    ...(fix ? { fix } : {}),
  });
}

/** In this order, and the codes as whole words: addresses and digests may have their digits in them. */
const FIXES: readonly (readonly [RegExp, string])[] = [
  [
    /no such host|connection refused|i\/o timeout|no route|unreachable/i,
    "Look at the host and its port, and whether the registry runs.",
  ],
  [/server gave HTTP response to HTTPS|x509|certificate/i, "If you trust that registry: --insecure"],
  [
    /unauthorized|authentication required|denied|\b40[13]\b/i,
    "Sign in first: skopeo login HOST (or docker login HOST)",
  ],
];
