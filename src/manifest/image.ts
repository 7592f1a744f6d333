import { KasmixError } from "../model/error.ts";
import { REGISTRY, REPOSITORY, TAG } from "../oci/reference.ts";

/** An image's name in parts; either tag or digest is empty. */
export interface ImageName {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/**
 * Splits an image's name, with or without a registry's host. The default tag is `latest`. Throws E_USAGE for a name that
 * engines would refuse.
 */
export function parseImage(text: string): ImageName {
  const [, name = "", digest = ""] = /^([^@]*)(?:@(sha256:[0-9a-f]{64}))?$/.exec(text) ?? [];
  const first = name.slice(0, Math.max(0, name.indexOf("/")));
  const host = REGISTRY.test(first) ? `${first}/` : "";
  const [path = "", tag = "latest", ...more] = name.slice(host.length).split(":");
  if (!REPOSITORY.test(path) || !TAG.test(tag) || more.length > 0) {
    throw new KasmixError("E_USAGE", `--image: "${text}" is not an image's name.`, {
      fix: "Write NAME[:TAG] or NAME@sha256:DIGEST, for example registry.example/team/desktop:1.0",
    });
  }
  return { repository: `${host}${path}`, tag: digest === "" ? tag : "", digest };
}
