import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Addresses that begin with the same bits: one of them, and how many bits. */
export type Range = [address: Address, length: number];

/**
 * Reads an address in the spelling that `new URL`, a resolver or the kernel gives: four decimal bytes, or IPv6 without
 * brackets. Undefined for anything else, including an address with a zone ("fe80::1%eth0") and the other spellings of
 * IPv4 that ipaddr.js reads ("0x7f.1").
 */
export function parseAddress(text: string): Address | undefined {
  const isAddress = isIP(text) !== 0 && !text.includes("%") && ipaddr.isValid(text);
  return isAddress ? ipaddr.parse(text) : undefined;
}

/** Reads "10.0.0.0/8", or a single address as a range of one. Undefined for anything else. */
export function parseRange(text: string): Range | undefined {
  const address = parseAddress(text);
  if (address) return [address, address.kind() === "ipv4" ? 32 : 128];
  const isRange = parseAddress(text.replace(/\/\d+$/, "")) !== undefined && ipaddr.isValidCIDR(text);
  return isRange ? ipaddr.parseCIDR(text) : undefined;
}

/** Whether an address lies in a range. An IPv6 address is never in a range of IPv4: see `embeddedIn`. */
export function isWithin(address: Address, range: Range): boolean {
  return address.kind() === range[0].kind() && address.match(range);
}

export function isSame(one: Address, other: Address): boolean {
  return one.toNormalizedString() === other.toNormalizedString();
}

/** The IPv4 address that the four bytes of an IPv6 address from `byte` on are. */
export function ipv4At(address: Address, byte: number): Address {
  return new ipaddr.IPv4(address.toByteArray().slice(byte, byte + 4));
}
