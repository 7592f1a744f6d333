import { KasmixError } from "../model/error.ts";

/** Name of an image in an OCI registry. */
export interface Reference {
  /** Host of the registry, with its port where it has one. */
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
}

/** By the OCI distribution specification. */
export const REPOSITORY = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;
export const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
/** The first part of a name is a host if it has a dot or a port, or is localhost, as in every engine. */
export const REGISTRY =
  /^(localhost|[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+|[A-Za-z0-9-]+(?=:)|\[[0-9a-fA-F:]+\])(:\d{1,5})?$/;

/**
 * Reads HOST/NAME[:TAG] with the default tag `latest`. The host is required, so that nothing goes to a public registry by
 * mistake.
 * @throws KasmixError E_USAGE
 */
export function parseReference(text: string): Reference {
  const slash = text.indexOf("/");
  const [registry, rest] = [text.slice(0, Math.max(0, slash)), text.slice(slash + 1)];
  const [repository = "", tag = "latest", ...more] = rest.split(":");
  const fault = [
    rest.includes("@") && "a digest is not allowed here, only a tag",
    !REGISTRY.test(registry) &&
      "it must start with the registry's host, such as registry.example or localhost:5000",
    !REPOSITORY.test(repository) &&
      "the name after the host consists of lower-case letters and digits, with . _ - / between them",
    (more.length > 0 || !TAG.test(tag)) && "the tag consists of at most 128 letters, digits and . _ -",
  ].find((problem) => problem !== false);
  if (fault !== undefined) {
    throw new KasmixError("E_USAGE", `"${text}" is not an image in a registry: ${fault}.`, {
      fix: "Write HOST/NAME[:TAG], for example registry.example/team/desktop:1.0",
    });
  }
  return { registry, repository, tag };
}

/** The reference as text, with its tag. */
export function renderReference({ registry, repository, tag }: Reference): string {
  return `${registry}/${repository}:${tag}`;
}
