import { KasmixError } from "../model/error.ts";
import { REGISTRY, REPOSITORY, TAG } from "../oci/reference.ts";

/** An image's name in parts; of tag and digest one is empty. */
export interface ImageName {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/**
 * Takes an image's name apart, with or without a registry's host, the tag being `latest` where none is given. Throws
 * E_USAGE for what no engine would take.
 */
export function parseImage(text: string): ImageName {
  const [, name = "", digest = ""] = /^([^@]*)(?:@(sha256:[0-9a-f]{64}))?$/.exec(text) ?? [];
  const first = name.slice(0, Math.max(0, name.indexOf("/")));
  const host = REGISTRY.test(first) ? `${first}/` : "";
  const [path = "", tag = "latest", ...more] = name.slice(host.length).split(":");
  if (!REPOSITORY.test(path) || !TAG.test(tag) || more.length > 0) {
    throw new KasmixError("E_USAGE", `--image takes an image's name, not "${text}".`, {
      fix: "Write NAME[:TAG] or NAME@sha256:DIGEST, for example registry.example/team/desktop:1.0",
    });
  }
  return { repository: `${host}${path}`, tag: digest === "" ? tag : "", digest };
}
