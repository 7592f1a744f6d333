import type { AddressKind } from "./blocked.ts";
import type { NameKind } from "./names.ts";

/** Why something is refused: stable codes, see docs/operate/url-launcher.md. */
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

/** Says why something is refused; `subject` is the host, address, port or scheme that it is about. */
export function explain(reason: Reason, subject: string): string {
  return EXPLANATIONS[reason].replaceAll("%", () => subject);
}

const ALLOW = "To let it in, name it in KASMIX_EGRESS_ALLOW.";
const NEVER = "That cannot be let in.";

const EXPLANATIONS: Readonly<Record<Reason, string>> = {
  "not-text": "The URL is not a string.",
  "too-long": "The URL is longer than 2048 characters.",
  backslash: "The URL has a backslash: write / or %5C.",
  "control-character": "The URL has white space or a control character in it.",
  malformed: "% is no URL or address that could be opened.",
  scheme: "Only http: and https: are opened, not %.",
  credentials: "The URL has a user name or password in it.",
  port: "Port % is never that of a web server.",
  "own-name": `% is this container. ${NEVER}`,
  "own-address": `% is this container. ${NEVER}`,
  "own-port": `% is a service of this container. ${NEVER}`,
  unresolved: "% has no address: is the name right, and does the container reach a name server?",
  "resolve-timeout": "No name server has told the address of % in time.",
  "loopback-name": `% is this container. ${ALLOW}`,
  "metadata-name": `% tells a cloud's secrets. ${ALLOW}`,
  "cluster-name": `% is a name of a Kubernetes cluster. ${ALLOW}`,
  "private-name": `% is a name of a private network. ${ALLOW}`,
  "single-label": `% is no full name. ${ALLOW}`,
  "malformed-name": "% cannot be the name of a host.",
  loopback: `% is this container. ${ALLOW}`,
  unspecified: `% is no address of another machine. ${ALLOW}`,
  private: `% is in a private network. ${ALLOW}`,
  "link-local": `% is on the local link. ${ALLOW}`,
  metadata: `% tells a cloud's secrets. ${NEVER}`,
  multicast: `% is no address of one machine. ${ALLOW}`,
  reserved: `% is no address of the internet. ${ALLOW}`,
};
