import { isIPv4, isIPv6 } from "node:net";

/** An IP address as the number that its bytes are. */
export interface Address {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

/** Addresses that begin with the same bits. */
export interface Range extends Address {
  /** How many bits are the same. */
  readonly length: number;
}

/**
 * Reads an address in the spelling that `new URL`, a resolver or the kernel gives: four decimal bytes, or IPv6 without
 * brackets. Undefined for anything else, also for an address with a zone ("fe80::1%eth0").
 */
export function parseAddress(text: string): Address | undefined {
  if (isIPv4(text)) return { family: 4, bits: join(text.split(".").map(Number), 8) };
  if (!isIPv6(text) || text.includes("%")) return undefined;
  const hexadecimal = text.replace(/\d+\.\d+\.\d+\.\d+$/, toGroups);
  const [left = [], right = []] = hexadecimal.split("::").map((part) => part.split(":").filter(Boolean));
  const zeros = Array<string>(8 - left.length - right.length).fill("0");
  const groups = [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16));
  return { family: 6, bits: join(groups, 16) };
}

/** Reads "10.0.0.0/8", or an address alone as the range of just this one. Undefined when it is neither. */
export function parseRange(text: string): Range | undefined {
  const [first = "", length, ...more] = text.split("/");
  const address = parseAddress(first);
  if (!address || more.length > 0) return undefined;
  const width = widthOf(address);
  if (length === undefined) return { ...address, length: width };
  return /^\d{1,3}$/.test(length) && Number(length) <= width
    ? { ...address, length: Number(length) }
    : undefined;
}

/** Whether an address lies in a range. IPv4 and IPv6 have nothing in common here: see `carriedBy`. */
export function isWithin(address: Address, range: Range): boolean {
  const rest = BigInt(widthOf(range) - range.length);
  return address.family === range.family && address.bits >> rest === range.bits >> rest;
}

/** The 32 bits that begin at bit `offset` of an IPv6 address, as an IPv4 address. */
export function ipv4At({ bits }: Address, offset: number): Address {
  return { family: 4, bits: (bits >> BigInt(96 - offset)) & 0xffff_ffffn };
}

function join(parts: readonly number[], width: number): bigint {
  return parts.reduce((bits, part) => (bits << BigInt(width)) | BigInt(part), 0n);
}

/** "127.0.0.1" as "7f00:1": the end of an IPv6 address may be written either way. */
function toGroups(dotted: string): string {
  const bits = join(dotted.split(".").map(Number), 8);
  return [bits >> 16n, bits & 0xffffn].map((group) => group.toString(16)).join(":");
}

function widthOf({ family }: Address): number {
  return family === 4 ? 32 : 128;
}
