import { describe, expect, it } from "vitest";
import { parseAddress, parseRange } from "../../../src/runtime/gateway/address.ts";
import { readAllowList } from "../../../src/runtime/launcher/allow-list.ts";
import { judgeAddress, judgeUrl, type Rules } from "../../../src/runtime/launcher/rules.ts";
import {
  DISGUISED_SCHEMES,
  IPV4_RANGES,
  IPV6,
  JUST_OUTSIDE,
  METADATA,
  NAMES,
  OWN,
  PORTS,
  type Row,
  SCHEMES,
  SPELLINGS,
  UNREADABLE,
} from "./corpus.ts";

const own = {
  names: ["desktop.kasm.example"],
  addresses: ["10.2.0.7", "fd12::7", "198.20.0.7"].flatMap((text) => parseAddress(text) ?? []),
  ports: [6901, 4901, 4902, 4903, 4904, 8081, 9222],
};
const strict: Rules = { own, allow: { names: [], ranges: [] } };

/** Why a URL is refused, or its canonical form. */
function judge(url: unknown, rules = strict): string {
  const verdict = judgeUrl(url, rules);
  return verdict.verdict === "refused" ? verdict.reason : verdict.url;
}

describe.each<[string, readonly Row[]]>([
  ["A: spellings of an address or a name", SPELLINGS],
  ["B: IPv6", IPV6],
  ["C: invalid URLs", UNREADABLE],
  ["E: names", NAMES],
  ["E: the container's own addresses and ports", OWN],
  ["F: schemes", SCHEMES],
  ["F: schemes in disguise", DISGUISED_SCHEMES],
  ["H: metadata", METADATA],
  ["ports", PORTS],
])("corpus %s", (_title, rows) => {
  it.each(rows)("%j is %s", (url, verdict) => expect(judge(url)).toBe(verdict));
});

describe("corpus D: IPv4 ranges", () => {
  it.each(IPV4_RANGES)("%s is %s from its first address to its last", (text, reason) => {
    const range = parseRange(text);
    if (!range) throw new Error(text);
    const [first, length] = range;
    const bits = Buffer.from(first.toByteArray()).readUInt32BE();
    const size = 2 ** (32 - length);
    for (const at of [bits, bits + Math.floor(size / 2), bits + size - 1])
      expect(judge(`http://${at}/`)).toBe(reason);
  });

  it.each(JUST_OUTSIDE)("%s is outside of them", (address) => {
    expect(judge(`http://${address}/`)).toBe(`http://${address}/`);
  });
});

describe("a URL", () => {
  it.each([undefined, null, 1, {}, ["http://example.com"]])("must be a string, not %j", (value) => {
    expect(judge(value)).toBe("not-text");
  });

  it("has at most 2048 characters", () => {
    const longest = `http://example.com/${"a".repeat(2048 - 19)}`;
    expect([judge(longest), judge(`${longest}a`)]).toEqual([longest, "too-long"]);
  });

  it("is normalised, with its host and port", () => {
    expect(judgeUrl("HTTP://EXAMPLE.com.:80/a/../b?c", strict)).toEqual({
      verdict: "accepted",
      url: "http://example.com./b?c",
      host: "example.com",
      port: 80,
    });
    expect(judgeUrl("https://[2606:4700::1111]", strict)).toMatchObject({
      host: "2606:4700::1111",
      port: 443,
    });
  });

  it("is refused with a reason and advice", () => {
    expect(judgeUrl("http://10.1.2.3", strict)).toMatchObject({
      message: "10.1.2.3 is in a private network. To allow it, add it to KASMIX_EGRESS_ALLOW.",
    });
    expect(judgeUrl("http://10.2.0.7", strict)).toMatchObject({
      message: "10.2.0.7 is this container. It cannot be allowed.",
    });
  });
});

describe("an exception", () => {
  const allowing = (...list: string[]): Rules => ({
    own,
    allow: readAllowList(list, (entry) => expect.unreachable(entry)),
  });
  const accepted = (url: string, ...list: string[]) => judge(url, allowing(...list)) === `${url}/`;

  it.each([
    ["http://10.1.2.3", "10.1.0.0/16", true],
    ["http://10.1.2.3", "10.1.2.3", true],
    ["http://10.1.2.3", "10.1.2.4", false],
    ["http://10.1.2.3", "11.0.0.0/8", false],
    ["http://[fd00::1]", "fd00::/8", true],
    ["http://[fd00::1]", "[fd00::1]", true],
    ["http://127.0.0.1", "127.0.0.1/32", true],
    ["http://127.0.0.2", "127.0.0.1/32", false],
    ["http://[64:ff9b::a01:203]", "10.1.0.0/16", true],
    ["http://[::ffff:a01:203]", "10.1.0.0/16", true],
    ["http://[::a01:203]", "10.1.0.0/16", false],
    // Teredo: the client is allowed, the server is not.
    ["http://[2001:0:7f00:1::f5fe:fdfc]", "10.1.0.0/16", false],
    // ISATAP in a private network: both count.
    ["http://[fd00::5efe:a01:203]", "10.1.0.0/16", false],
    ["http://[fd00::5efe:a01:203]", "fd00::/8", true],
    ["http://wiki", "wiki", true],
    ["http://wiki.corp", "wiki.corp", true],
    ["http://wiki.corp", "WIKI.corp.", true],
    ["http://x.wiki.corp", "wiki.corp", false],
    ["http://wiki.corp", ".corp", true],
    ["http://wiki.corp", "*.corp", true],
    ["http://wikicorp.local", ".corp.local", false],
    ["http://wiki.corp", "10.0.0.0/8", false],
    ["http://a.b.svc", "a.b.svc", true],
    // Own addresses, names and ports, and metadata: never.
    ["http://10.2.0.7", "10.0.0.0/8", false],
    ["http://desktop.kasm.example", ".kasm.example", false],
    ["http://127.0.0.1:9222", "127.0.0.0/8", false],
    ["http://169.254.169.254", "169.254.169.254", false],
    ["http://[64:ff9b::a9fe:a9fe]", "0.0.0.0/0", false],
    ["http://100.100.100.200", "100.64.0.0/10", false],
    ["http://example.com:25", "example.com", false],
  ])("%s with %s: %s", (url, entry, isIn) => expect(accepted(url, entry)).toBe(isIn));

  it("for a name allows private addresses, but not those of the container or its link", () => {
    const rules = allowing("wiki.corp");
    const destination = { host: "wiki.corp", port: 80 };
    const reasons = ["10.1.2.3", "fd00::1", "100.64.1.1", "8.8.8.8", "127.0.0.1", "::1", "169.254.1.1"].map(
      (address) => judgeAddress(address, destination, rules)?.reason,
    );
    expect(reasons).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      "loopback",
      "loopback",
      "link-local",
    ]);
  });

  it("is reported when it is invalid", () => {
    const faults: string[] = [];
    const list = ["10.0.0.0/33", "10.1", "http://x.example", "a b", "x.example:80", "u@x.example", "*", "/8"];
    const allow = readAllowList([...list, "good.example"], (entry) => faults.push(entry));
    expect(faults).toEqual(list);
    expect(allow).toEqual({ names: ["good.example"], ranges: [] });
  });
});

it("an invalid address is refused", () => {
  for (const text of ["", "fe80::1%eth0", "10.1", "example.com"])
    expect(judgeAddress(text, { host: "example.com", port: 80 }, strict)?.reason).toBe("malformed");
});
