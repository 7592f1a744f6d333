import ipaddr from "ipaddr.js";
import { type Address, ipv4At, isWithin, type Range } from "../gateway/address.ts";

/** Why the browser may not connect to an address. */
export type AddressKind =
  | "loopback"
  | "unspecified"
  | "private"
  | "link-local"
  | "metadata"
  | "multicast"
  | "reserved";

/** A non-public address: the one that was asked about, or one embedded in it. */
export interface Fault {
  readonly kind: AddressKind;
  readonly address: Address;
}

/**
 * What is not public about an address: its own kind and those of the IPv4 addresses embedded in it, the best
 * explanation first. Empty for a public address. IPv6 that is not allocated to the internet counts as reserved.
 */
export function faultsOf(address: Address): readonly Fault[] {
  const kind = ipaddr.subnetMatch(address, BLOCKED, "") as AddressKind | "";
  const embedded = embeddedIn(address).flatMap(faultsOf);
  if (kind !== "") return [{ kind, address }, ...embedded];
  const isKnown = address.kind() === "ipv4" || PUBLIC_IPV6.some((range) => isWithin(address, range));
  return isKnown ? embedded : [...embedded, { kind: "reserved", address }];
}

/** The IPv4 addresses embedded in an IPv6 address: a connection to it may reach them. */
export function embeddedIn(address: Address): readonly Address[] {
  const embedded = EMBEDDINGS.filter(({ range }) => isWithin(address, range)).flatMap(({ at }) =>
    at(address),
  );
  return isIsatap(address) ? [...embedded, ipv4At(address, 12)] : embedded;
}

/** The first kind that matches counts. Sources: IANA's registries of special-purpose addresses. */
const BLOCKED: Record<AddressKind, Range[]> = {
  metadata: ranges(
    // Amazon, Google, Azure, DigitalOcean, Oracle and others; Amazon's containers and pods; Tencent; Scaleway
    ...["169.254.169.254/32", "169.254.170.2/32", "169.254.170.23/32", "169.254.0.23/32", "169.254.42.42/32"],
    // Amazon and its pods; Google; Oracle
    ...["fd00:ec2::254/128", "fd00:ec2::23/128", "fd20:ce::254/128", "fd00:c1::a9fe:a9fe/128"],
    // Alibaba; Volcano Engine; Oracle's former one; Azure's host, on an address that looks public
    ...["100.100.100.200/32", "100.96.0.96/32", "192.0.0.192/32", "168.63.129.16/32"],
  ),
  unspecified: ranges("0.0.0.0/8", "::/128"),
  loopback: ranges("127.0.0.0/8", "::1/128"),
  private: ranges("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10"),
  "link-local": ranges("169.254.0.0/16", "fe80::/10"),
  multicast: ranges("224.0.0.0/4", "ff00::/8"),
  reserved: ranges(
    ...["192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24"],
    ...["192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4"],
    // 2001::/23 is for protocols; Teredo (2001::/32) in it is judged by the addresses that it embeds.
    ...["2001:1::/32", "2001:2::/31", "2001:4::/30", "2001:8::/29", "2001:10::/28", "2001:20::/27"],
    ...["2001:40::/26", "2001:80::/25", "2001:100::/24"],
    ...["2001:db8::/32", "2620:4f:8000::/48", "3fff::/20"],
  ),
};

/** Global unicast, NAT64 and mapped IPv4; the last two are judged by the embedded address. */
const PUBLIC_IPV6 = ranges("2000::/3", "64:ff9b::/96", "::ffff:0:0/96");

/** Where IPv6 addresses embed an IPv4 address. */
const EMBEDDINGS: readonly { range: Range; at: (address: Address) => readonly Address[] }[] = [
  // Mapped, compatible, translated as of RFC 2765, NAT64
  ...ranges("::ffff:0:0/96", "::/96", "::ffff:0:0:0/96", "64:ff9b::/96").map((range) => ({
    range,
    at: (address: Address) => [ipv4At(address, 12)],
  })),
  // 6to4
  { range: ipaddr.parseCIDR("2002::/16"), at: (address) => [ipv4At(address, 2)] },
  // Teredo: its server, and the client with every bit inverted
  {
    range: ipaddr.parseCIDR("2001::/32"),
    at: (address) => [ipv4At(address, 4), inverted(ipv4At(address, 12))],
  },
];

function ranges(...texts: readonly string[]): Range[] {
  return texts.map((text) => ipaddr.parseCIDR(text));
}

function inverted(address: Address): Address {
  return new ipaddr.IPv4(address.toByteArray().map((byte) => 0xff - byte));
}

/** ISATAP (RFC 5214): any network, then 0000:5efe or 0200:5efe, then the IPv4 address. */
function isIsatap(address: Address): boolean {
  if (!(address instanceof ipaddr.IPv6)) return false;
  const [flags = 0, tag] = address.parts.slice(4);
  return (flags & 0xfdff) === 0 && tag === 0x5efe;
}
