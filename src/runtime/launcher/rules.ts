import { isIP } from "node:net";
import { type Address, isSame, parseAddress } from "./address.ts";
import { type AllowList, allowsAddress, allowsName } from "./allow-list.ts";
import { embeddedIn, type Fault, faultsOf } from "./blocked.ts";
import { nameKindOf, plainName } from "./names.ts";
import { isBadPort } from "./ports.ts";
import { explain, type Reason } from "./reasons.ts";

export interface Refused {
  readonly verdict: "refused";
  readonly reason: Reason;
  /** What is wrong and, where something can be done, what. */
  readonly message: string;
}

/** Where a connection may go, as far as that can be told without asking for the name's addresses. */
export interface Destination {
  readonly verdict: "accepted";
  /** A name in lower case without its final dot, or an address without brackets. */
  readonly host: string;
  readonly port: number;
}

export interface AcceptedUrl extends Destination {
  /** The URL in its one spelling: what was judged is what is opened. */
  readonly url: string;
}

/** What the container is itself. None of it is ever let in. */
export interface Own {
  readonly names: readonly string[];
  readonly addresses: readonly Address[];
  /** Where the container's own services listen. */
  readonly ports: readonly number[];
}

export interface Rules {
  readonly own: Own;
  readonly allow: AllowList;
}

/** Characters of the longest URL that is judged. */
export const LONGEST_URL = 2048;

/** Judges a URL by itself. The addresses of a name are yet to be asked for: `judgeAddress`. */
export function judgeUrl(text: unknown, rules: Rules): AcceptedUrl | Refused {
  if (typeof text !== "string") return refuse("not-text");
  if (text.length > LONGEST_URL) return refuse("too-long");
  // Parsers differ in what they make of these; the browser's is not to be outwitted by any other.
  if (text.includes("\\")) return refuse("backslash");
  if (/[\p{Cc}\s]/u.test(text)) return refuse("control-character");
  if (!URL.canParse(text)) return refuse("malformed");
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") return refuse("scheme", url.protocol);
  if (url.username !== "" || url.password !== "") return refuse("credentials");
  const standard = url.protocol === "http:" ? 80 : 443;
  const judged = judgeHost(url.hostname, url.port === "" ? standard : Number(url.port), rules);
  return judged.verdict === "refused" ? judged : { ...judged, url: url.href };
}

/** Judges a host as `new URL` gives it, and a port. */
export function judgeHost(host: string, port: number, rules: Rules): Destination | Refused {
  const name = plainName(host.replace(/^\[(.*)\]$/, "$1"));
  if (isBadPort(port)) return refuse("port", String(port));
  if (isIP(name)) return judgeAddress(name, { host: name, port }, rules) ?? accept(name, port);
  // Before the rules for names: to be let in is for other machines.
  if (rules.own.names.includes(name)) return refuse("own-name", name);
  const kind = allowsName(rules.allow, name) ? undefined : nameKindOf(name);
  return kind === undefined ? accept(name, port) : refuse(kind, name);
}

/** Judges one address of a host; undefined when it may be connected to. Anything but an address is refused. */
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
  // A name that was let in may lie in the company's network, but must not lead into the container.
  const open = ({ kind, address: face }: Fault) =>
    allowsAddress(allow, face) || (isNamed && kind === "private");
  const fault = faults.find((candidate) => !open(candidate));
  return fault && refuse(fault.kind, subject);
}

/** A refusal with its explanation; `subject` is what it is about. */
export function refuse(reason: Reason, subject = "It"): Refused {
  return { verdict: "refused", reason, message: explain(reason, subject) };
}

function accept(host: string, port: number): Destination {
  return { verdict: "accepted", host, port };
}
