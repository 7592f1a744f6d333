import { type Address, ipv4At, isWithin, parseRange, type Range } from "./address.ts";

/** What kind of address is not for the browser. */
export type AddressKind =
  | "loopback"
  | "unspecified"
  | "private"
  | "link-local"
  | "metadata"
  | "multicast"
  | "reserved";

/** An address that is no public one: the one that was asked about, or one that it carries. */
export interface Fault {
  readonly kind: AddressKind;
  readonly address: Address;
}

/**
 * What is not public about an address: its own kind, and those of the IPv4 addresses that it carries; the first says
 * it best. None for a public one. Everything of IPv6 that is not given out for the internet counts as reserved.
 */
export function faultsOf(address: Address): readonly Fault[] {
  const kind = TABLE.find(({ range }) => isWithin(address, range))?.kind;
  const carried = carriedBy(address).flatMap(faultsOf);
  if (kind) return [{ kind, address }, ...carried];
  const isKnown = address.family === 4 || PUBLIC_IPV6.some((range) => isWithin(address, range));
  return isKnown ? carried : [...carried, { kind: "reserved", address }];
}

/** The IPv4 addresses in an IPv6 address: who connects to it may reach those. */
export function carriedBy(address: Address): readonly Address[] {
  const carried = CARRIERS.filter(({ range }) => isWithin(address, range)).flatMap(({ at }) => at(address));
  return isIsatap(address) ? [...carried, ipv4At(address, 96)] : carried;
}

/** Ranges by kind; the first that fits counts. Sources: IANA's registries of special-purpose addresses. */
const BLOCKED: readonly (readonly [AddressKind, readonly string[]])[] = [
  [
    "metadata",
    [
      // Amazon, Google, Azure, DigitalOcean, Oracle and others; its containers and pods; Tencent; Scaleway
      ...["169.254.169.254", "169.254.170.2", "169.254.170.23", "169.254.0.23", "169.254.42.42"],
      // Amazon, its pods; Google; Oracle
      ...["fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "fd00:c1::a9fe:a9fe"],
      // Alibaba; Volcano Engine; Oracle of old; Azure's host, on an address that looks public
      ...["100.100.100.200", "100.96.0.96", "192.0.0.192", "168.63.129.16"],
    ],
  ],
  ["unspecified", ["0.0.0.0/8", "::/128"]],
  ["loopback", ["127.0.0.0/8", "::1/128"]],
  ["private", ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10"]],
  ["link-local", ["169.254.0.0/16", "fe80::/10"]],
  ["multicast", ["224.0.0.0/4", "ff00::/8"]],
  [
    "reserved",
    [
      ...["192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24"],
      ...["192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4"],
      // 2001::/23 is for protocols; of it only Teredo (2001::/32) is judged by what it carries.
      ...["2001:1::/32", "2001:2::/31", "2001:4::/30", "2001:8::/29", "2001:10::/28", "2001:20::/27"],
      ...["2001:40::/26", "2001:80::/25", "2001:100::/24"],
      ...["2001:db8::/32", "2620:4f:8000::/48", "3fff::/20"],
    ],
  ],
];

const TABLE = BLOCKED.flatMap(([kind, ranges]) => ranges.map((text) => ({ kind, range: rangeOf(text) })));

/** Global unicast, NAT64 and mapped IPv4; of the last two the carried address decides. */
const PUBLIC_IPV6 = ["2000::/3", "64:ff9b::/96", "::ffff:0:0/96"].map(rangeOf);

/** Where IPv6 addresses carry an IPv4 address. */
const CARRIERS: readonly { range: Range; at: (address: Address) => readonly Address[] }[] = [
  { range: rangeOf("::ffff:0:0/96"), at: (address) => [ipv4At(address, 96)] },
  // IPv4-compatible, and translated as of RFC 2765
  { range: rangeOf("::/96"), at: (address) => [ipv4At(address, 96)] },
  { range: rangeOf("::ffff:0:0:0/96"), at: (address) => [ipv4At(address, 96)] },
  // NAT64
  { range: rangeOf("64:ff9b::/96"), at: (address) => [ipv4At(address, 96)] },
  // 6to4
  { range: rangeOf("2002::/16"), at: (address) => [ipv4At(address, 16)] },
  // Teredo: its server, and the client with every bit turned round
  { range: rangeOf("2001::/32"), at: (address) => [ipv4At(address, 32), inverted(ipv4At(address, 96))] },
];

function rangeOf(text: string): Range {
  const range = parseRange(text);
  if (!range) throw new Error(`${text} is no range of addresses`);
  return range;
}

function inverted({ family, bits }: Address): Address {
  return { family, bits: bits ^ 0xffff_ffffn };
}

/** ISATAP (RFC 5214): any network, then 0000:5efe or 0200:5efe, then the IPv4 address. */
function isIsatap({ family, bits }: Address): boolean {
  return family === 6 && ((bits >> 32n) & 0xfdff_ffffn) === 0x5efen;
}
