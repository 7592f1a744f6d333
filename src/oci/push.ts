import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Image } from "../engine/image.ts";
import { runLines } from "../engine/process.ts";
import { KasmixError } from "../model/error.ts";
import { FIX } from "./fix.ts";
import { type Reference, renderReference } from "./reference.ts";

export interface PushOptions {
  readonly signal?: AbortSignal;
  /**
   * Accepts plain HTTP and any certificate. @default true for a registry on this machine, as in Docker, else false
   */
  readonly insecure?: boolean;
  /** Called with each line of skopeo. */
  readonly onLine?: (line: string) => void;
}

/** The result of a push. */
export interface PushResult {
  /** With its tag. */
  readonly reference: string;
  /** Digest of the manifest in the registry, whose layers are compressed: another than the built image's. */
  readonly digest: string;
}

/**
 * Pushes a built image to an OCI registry by skopeo, which sends only the layers that the registry lacks, compresses them,
 * and reads the credentials of `skopeo login` and `docker login`. Retries three times when the connection breaks.
 * @throws KasmixError E_PUBLISH with the registry's reason, E_MACHINE without skopeo
 */
export async function pushImage(image: Image, to: Reference, options: PushOptions = {}): Promise<PushResult> {
  const { insecure = isLoopback(to.registry) } = options;
  const reference = renderReference(to);
  const scratch = await mkdtemp(path.join(tmpdir(), "kasmix-push-"));
  try {
    const digestFile = path.join(scratch, "digest");
    const flags = [`--dest-tls-verify=${!insecure}`, "--retry-times=3", `--digestfile=${digestFile}`];
    // A built image needs no policy file.
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

/** Whether a registry is on this machine, where plain HTTP is safe. */
export function isLoopback(registry: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(registry);
}

/** Broken connections that skopeo's own `--retry-times` does not retry. */
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

/** The reason why skopeo failed; undefined if it succeeded. */
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
    throw new KasmixError("E_MACHINE", "skopeo, which pushes images to registries, is not installed.", {
      fix: "On Debian and Ubuntu: apt-get install skopeo",
    });
  }
  if (exitCode === 0) return undefined;
  return /msg="(.*)"$/.exec(last)?.[1]?.replaceAll('\\"', '"') ?? (last || "skopeo gave no reason");
}

/** The error for skopeo's reason. */
function refusal(reference: string, reason: string): KasmixError {
  const fix = FIXES.find(([pattern]) => pattern.test(reason))?.[1];
  return new KasmixError("E_PUBLISH", `${reference} was rejected: ${reason}`, {
    ...(fix ? { fix } : {}),
  });
}

/** In this order, with the codes as whole words: addresses and digests may contain their digits. */
const FIXES: readonly (readonly [RegExp, string])[] = [
  [/no such host|connection refused|i\/o timeout|no route|unreachable/i, FIX.unreachable],
  [/server gave HTTP response to HTTPS|x509|certificate/i, FIX.insecure],
  [/unauthorized|authentication required|denied|\b40[13]\b/i, FIX.login],
];
