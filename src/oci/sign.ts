import { runProcess } from "../engine/process.ts";
import { KasmixError } from "../model/error.ts";

/**
 * Checks that cosign is installed, before anything is sent: an image pushed unsigned may be used at once.
 * @throws KasmixError E_MACHINE
 */
export async function requireCosign(): Promise<void> {
  const { notFound } = await runProcess("cosign", ["version"]);
  if (!notFound) return;
  throw new KasmixError("E_MACHINE", "cosign, which signs images, is not installed.", {
    fix: "Install it from sigstore's releases (Debian has no package), or push without --sign.",
  });
}

/**
 * Signs an image's digest with cosign, with the key of `COSIGN_KEY` if it is set, else by cosign's default.
 * @param reference `HOST/NAME@sha256:…`
 * @throws KasmixError E_PUBLISH with cosign's message
 */
export async function signImage(reference: string, signal?: AbortSignal): Promise<void> {
  const { COSIGN_KEY: key } = process.env;
  const which = key ? ["--key", key] : [];
  const { ok, stderr } = await runProcess("cosign", ["sign", "--yes", ...which, reference], { signal });
  if (ok) return;
  const said = stderr.trim().split("\n").at(-1) ?? "";
  throw new KasmixError("E_PUBLISH", `${reference} was pushed, but not signed: ${said}`);
}
