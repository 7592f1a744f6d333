import type { AddressKind } from "./blocked.ts";
import type { NameKind } from "./names.ts";

/** Stable codes of refusals: docs/operate/url-launcher.md. */
export type Reason =
  | "not-text"
  | "too-long"
  | "backslash"
  | "control-character"
  | "malformed"
  | "scheme"
  | "credentials"
  | "port"
  | "own-name"
  | "own-address"
  | "own-port"
  | "unresolved"
  | "resolve-timeout"
  | NameKind
  | AddressKind;

/** Explains a refusal; `subject` is the refused host, address, port or scheme. */
export function explain(reason: Reason, subject: string): string {
  return EXPLANATIONS[reason].replaceAll("%", () => subject);
}

const ALLOW = "To allow it, add it to KASMIX_EGRESS_ALLOW.";
const NEVER = "It cannot be allowed.";

const EXPLANATIONS: Readonly<Record<Reason, string>> = {
  "not-text": "The URL is not a string.",
  "too-long": "The URL is longer than 2048 characters.",
  backslash: "The URL contains a backslash: write / or %5C.",
  "control-character": "The URL contains white space or a control character.",
  malformed: "% is not a valid URL or address.",
  scheme: "Only http: and https: URLs can be opened, not %.",
  credentials: "The URL contains a user name or password.",
  port: "Port % belongs to another service than the web.",
  "own-name": `% is this container. ${NEVER}`,
  "own-address": `% is this container. ${NEVER}`,
  "own-port": `% is a service of this container. ${NEVER}`,
  unresolved: "% has no address: check the name, and whether the container reaches a name server.",
  "resolve-timeout": "No name server has answered for % in time.",
  "loopback-name": `% is this container. ${ALLOW}`,
  "metadata-name": `% serves a cloud's secrets. ${ALLOW}`,
  "cluster-name": `% is a name in a Kubernetes cluster. ${ALLOW}`,
  "private-name": `% is a name in a private network. ${ALLOW}`,
  "single-label": `% is not a fully qualified name. ${ALLOW}`,
  "malformed-name": "% is not a valid host name.",
  loopback: `% is this container. ${ALLOW}`,
  unspecified: `% is not the address of another machine. ${ALLOW}`,
  private: `% is in a private network. ${ALLOW}`,
  "link-local": `% is on the local link. ${ALLOW}`,
  metadata: `% serves a cloud's secrets. ${NEVER}`,
  multicast: `% is a multicast address. ${ALLOW}`,
  reserved: `% is not a public address. ${ALLOW}`,
};
