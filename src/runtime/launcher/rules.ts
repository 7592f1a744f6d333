import { isIP } from "node:net";
import { parseUrl } from "../../model/parse-url.ts";
import { type Address, isSame, parseAddress } from "../gateway/address.ts";
import { type AllowList, allowsAddress, allowsName } from "./allow-list.ts";
import { embeddedIn, type Fault, faultsOf } from "./blocked.ts";
import { nameKindOf, plainName } from "./names.ts";
import { isBadPort } from "./ports.ts";
import { explain, type Reason } from "./reasons.ts";

export interface Refused {
  readonly verdict: "refused";
  readonly reason: Reason;
  /** What is wrong and, if possible, what to do. */
  readonly message: string;
}

/** An accepted destination whose addresses have not been looked up yet. */
export interface Destination {
  readonly verdict: "accepted";
  /** A name in lower case without a final dot, or an address without brackets. */
  readonly host: string;
  readonly port: number;
}

export interface AcceptedUrl extends Destination {
  /** The normalised URL: what was judged is what is opened. */
  readonly url: string;
}

/** The container itself, which is never allowed as a destination. */
export interface Own {
  readonly names: readonly string[];
  readonly addresses: readonly Address[];
  /** Ports of the container's own services. */
  readonly ports: readonly number[];
}

export interface Rules {
  readonly own: Own;
  readonly allow: AllowList;
}

/** Characters of the longest accepted URL. */
export const LONGEST_URL = 2048;

/** Judges a URL without looking up its name; for the addresses see `judgeAddress`. */
export function judgeUrl(text: unknown, rules: Rules): AcceptedUrl | Refused {
  if (typeof text !== "string") return refuse("not-text");
  if (text.length > LONGEST_URL) return refuse("too-long");
  // Parsers disagree about these characters.
  if (text.includes("\\")) return refuse("backslash");
  if (/[\p{Cc}\s]/u.test(text)) return refuse("control-character");
  const url = parseUrl(text);
  if (url === undefined) return refuse("malformed");
  if (url.protocol !== "http:" && url.protocol !== "https:") return refuse("scheme", url.protocol);
  if (url.username !== "" || url.password !== "") return refuse("credentials");
  const standard = url.protocol === "http:" ? 80 : 443;
  const judged = judgeHost(url.hostname, url.port === "" ? standard : Number(url.port), rules);
  return judged.verdict === "refused" ? judged : { ...judged, url: url.href };
}

/** Judges a host in the form of `new URL`, and a port. */
export function judgeHost(host: string, port: number, rules: Rules): Destination | Refused {
  const name = plainName(host.replace(/^\[(.*)\]$/, "$1"));
  if (isBadPort(port)) return refuse("port", String(port));
  if (isIP(name)) return judgeAddress(name, { host: name, port }, rules) ?? accept(name, port);
  // Before the exceptions, which are for other machines.
  if (rules.own.names.includes(name)) return refuse("own-name", name);
  const kind = allowsName(rules.allow, name) ? undefined : nameKindOf(name);
  return kind === undefined ? accept(name, port) : refuse(kind, name);
}

/** Judges one address of a host; undefined when it is accepted. Anything but an address is refused. */
export function judgeAddress(
  text: string,
  { host, port }: Pick<Destination, "host" | "port">,
  { own, allow }: Rules,
): Refused | undefined {
  const subject = host === text ? text : `${host} (${text})`;
  const address = parseAddress(text);
  if (!address) return refuse("malformed", subject);
  const isOwn = [address, ...embeddedIn(address)].some((face) =>
    own.addresses.some((mine) => isSame(face, mine)),
  );
  if (isOwn) return refuse("own-address", subject);
  const faults = faultsOf(address);
  const kinds = faults.map(({ kind }) => kind);
  if (kinds.includes("metadata")) return refuse("metadata", subject);
  if (own.ports.includes(port) && kinds.some((kind) => kind === "loopback" || kind === "unspecified"))
    return refuse("own-port", `${subject}, port ${port},`);
  if (allowsAddress(allow, address)) return undefined;
  const isNamed = allowsName(allow, host);
  // An allowed name may have a private address, but must not lead into the container.
  const open = ({ kind, address: face }: Fault) =>
    allowsAddress(allow, face) || (isNamed && kind === "private");
  const fault = faults.find((candidate) => !open(candidate));
  return fault && refuse(fault.kind, subject);
}

/** A refusal with its explanation; `subject` is the refused thing. */
export function refuse(reason: Reason, subject = "It"): Refused {
  return { verdict: "refused", reason, message: explain(reason, subject) };
}

function accept(host: string, port: number): Destination {
  return { verdict: "accepted", host, port };
}
