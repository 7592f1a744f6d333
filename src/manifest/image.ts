import { KasmixError } from "../model/error.ts";

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
  const match =
    /^([a-z0-9][A-Za-z0-9.:_/-]*?[a-z0-9])(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(text);
  if (match === null) {
    throw new KasmixError("E_USAGE", `--image takes an image's name, not "${text}".`, {
      fix: "Write NAME[:TAG] or NAME@sha256:DIGEST, for example registry.example/team/desktop:1.0",
    });
  }
  const [, repository = "", tag, digest] = match;
  if (digest !== undefined) return { repository, tag: "", digest };
  return { repository, tag: tag ?? "latest", digest: "" };
}
