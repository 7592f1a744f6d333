import { BlockList } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseUrl } from "../../../src/model/parse-url.ts";
import { parseAddress, parseRange } from "../../../src/runtime/gateway/address.ts";
import { judgeUrl, type Rules } from "../../../src/runtime/launcher/rules.ts";
import { IPV4_RANGES } from "./corpus.ts";

const strict: Rules = { own: { names: [], addresses: [], ports: [] }, allow: { names: [], ranges: [] } };

/** An independent implementation: Node's own list with the same ranges. */
const oracle = new BlockList();
for (const [range] of IPV4_RANGES) {
  const [address = "", length] = range.split("/");
  oracle.addSubnet(address, Number(length), "ipv4");
}
oracle.addAddress("168.63.129.16");

const anyIpv4 = fc.nat({ max: 0xffff_ffff });
const dotted = (bits: number) => [24, 16, 8, 0].map((shift) => (bits >>> shift) & 0xff).join(".");

const inRange = fc.tuple(fc.constantFrom(...IPV4_RANGES), anyIpv4).map(([[text], noise]) => {
  const range = parseRange(text);
  if (!range) throw new Error(text);
  const [first, length] = range;
  return Buffer.from(first.toByteArray()).readUInt32BE() + (noise % 2 ** (32 - length));
});

/** One part of an IPv4 address, in any base that `new URL` reads, with zeros before it. */
const part = (value: number) =>
  fc.tuple(fc.constantFrom(10, 8, 16), fc.nat({ max: 4 }), fc.boolean()).map(([base, zeros, upper]) => {
    if (base === 10) return String(value);
    const digits = "0".repeat(zeros) + value.toString(base);
    const text = base === 8 ? `0${digits}` : `0x${digits}`;
    return upper ? text.toUpperCase() : text;
  });

/** Every spelling of an IPv4 address: one to four parts, the last of which has the remaining bytes. */
const spelledIpv4 = (bits: number) =>
  fc.constantFrom(1, 2, 3, 4).chain((count) => {
    const bytes = [24, 16, 8, 0].map((shift) => (bits >>> shift) & 0xff);
    const head = bytes.slice(0, count - 1);
    const tail = count === 1 ? bits : bits % 2 ** (8 * (5 - count));
    return fc.tuple(...[...head, tail].map(part)).map((parts) => parts.join("."));
  });

const hex = (bits: bigint) =>
  Array.from({ length: 8 }, (_, index) => ((bits >> BigInt(112 - 16 * index)) & 0xffffn).toString(16)).join(
    ":",
  );

/** IPv6 addresses that embed an IPv4 address. */
const embeddings: readonly ((bits: bigint, noise: bigint) => bigint)[] = [
  (bits) => (0xffffn << 32n) | bits,
  (bits) => bits,
  (bits) => (0xffffn << 48n) | bits,
  (bits) => (0x64_ff9bn << 96n) | bits,
  (bits, noise) => (0x2002n << 112n) | (bits << 80n) | (noise & ((1n << 80n) - 1n)),
  (bits, noise) => (0x2001_0000n << 96n) | (bits << 64n) | (noise & ((1n << 64n) - 1n)),
  (bits, noise) => (0x2001_0000n << 96n) | (noise & (((1n << 64n) - 1n) << 32n)) | (bits ^ 0xffff_ffffn),
  (bits, noise) => (0x2a00n << 112n) | ((noise & ((1n << 48n) - 1n)) << 64n) | (0x5efen << 32n) | bits,
];

const embedded = (bits: number) =>
  fc
    .tuple(fc.constantFrom(...embeddings), fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }))
    .map(([embed, noise]) => `[${hex(embed(BigInt(bits), noise))}]`);

/** Characters that `new URL` maps to digits and dots. */
const disguised = (host: string) =>
  fc.array(fc.nat({ max: 5 }), { minLength: host.length, maxLength: host.length }).map((how) =>
    [...host]
      .map((character, index) => {
        if (character === ".") return [".", "。", "．", "｡", "%2e", "%2E"][how[index] ?? 0];
        const digit = "0123456789".indexOf(character);
        if (how[index] === 1) return `%${character.charCodeAt(0).toString(16)}`;
        if (how[index] === 2) return `${character}\u00ad`;
        return how[index] === 3 && digit >= 0 ? "０１２３４５６７８９"[digit] : character;
      })
      .join(""),
  );

const ports = fc.constantFrom("", ":80", ":8080", ":00443");
const rest = fc.constantFrom("", "/", "/x?y=https://example.com", "#@example.com", "?@example.com");
const scheme = fc.constantFrom("http://", "https://", "HTTP://", "http:", "http:/", "https:///");
const around = (host: fc.Arbitrary<string>) =>
  fc.tuple(scheme, host, fc.constantFrom("", "."), ports, rest).map((parts) => parts.join(""));
const url = (bits: number) =>
  fc.oneof(
    around(spelledIpv4(bits)),
    around(spelledIpv4(bits).chain(disguised)),
    fc.tuple(scheme, embedded(bits), ports, rest).map((parts) => parts.join("")),
  );

const RUNS = { numRuns: 5_000 };

describe("no URL that `new URL` maps to a blocked address is accepted", () => {
  it("in any spelling of a blocked IPv4 address", () => {
    let readable = 0;
    fc.assert(
      fc.property(inRange.chain(url), (text) => {
        if (parseUrl(text)) readable += 1;
        return judgeUrl(text, strict).verdict === "refused";
      }),
      RUNS,
    );
    // Most spellings must be valid URLs, or the test would prove nothing.
    expect(readable).toBeGreaterThan(RUNS.numRuns / 2);
  });

  it("with any address: an accepted one is outside every range", () => {
    fc.assert(
      fc.property(fc.oneof(anyIpv4, inRange).chain(url), (text) => {
        const verdict = judgeUrl(text, strict);
        if (verdict.verdict === "refused") return;
        const { hostname } = new URL(text);
        expect(verdict.url).toBe(new URL(text).href);
        if (!hostname.startsWith("[")) expect(oracle.check(hostname, "ipv4")).toBe(false);
      }),
      RUNS,
    );
  });

  it("with any text", () => {
    const soup = fc.array(
      fc.constantFrom(
        ...["http", "https", ":", "/", "\\", "@", "#", "?", "[", "]", "%", ".", "。", "0x", "127", "0177"],
        ...["1", "::", "ffff", "localhost", "svc", "example", "com", "\t", "\u00ad", "①", "10", "169.254"],
      ),
      { maxLength: 14 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          soup.map((parts) => `http://${parts.join("")}`),
          soup.map((parts) => parts.join("")),
        ),
        (text) => {
          const verdict = judgeUrl(text, strict);
          if (verdict.verdict === "refused") return;
          const read = new URL(text);
          expect(verdict.url).toBe(read.href);
          expect(["http:", "https:"]).toContain(read.protocol);
          expect(read.username + read.password).toBe("");
          expect(read.hostname).not.toMatch(/(^|\.)localhost\.?$/);
          if (/^[\d.]+$/.test(read.hostname)) expect(oracle.check(read.hostname, "ipv4")).toBe(false);
        },
      ),
      RUNS,
    );
  });
});

it("every public IPv4 address is accepted", () => {
  fc.assert(
    fc.property(anyIpv4, (bits) => {
      const address = dotted(bits);
      const isBlocked = oracle.check(address, "ipv4");
      expect(judgeUrl(`http://${bits}/`, strict).verdict).toBe(isBlocked ? "refused" : "accepted");
    }),
    RUNS,
  );
});

it("every spelling of an IPv6 address gives the same bytes", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), fc.boolean(), (noise, sparse) => {
      const bits = sparse ? noise & 0xffff_0000_0000_ffff_0000_0000_0000_ffffn : noise;
      const canonical = new URL(`http://[${hex(bits)}]`).hostname.slice(1, -1);
      const last = Number(bits & 0xffff_ffffn);
      const withDots = `${hex(bits).split(":").slice(0, 6).join(":")}:${dotted(last)}`;
      for (const text of [hex(bits), canonical, withDots])
        expect(Buffer.from(parseAddress(text)?.toByteArray() ?? []).toString("hex")).toBe(
          bits.toString(16).padStart(32, "0"),
        );
    }),
    RUNS,
  );
});
