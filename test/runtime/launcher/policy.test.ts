import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import ipaddr from "ipaddr.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addressesIn, createLookup } from "../../../src/runtime/launcher/lookup.ts";
import { createPolicy, ownIdentity, type PolicyOptions } from "../../../src/runtime/launcher/policy.ts";
import { memoryLog } from "../memory-log.ts";
import { type Answer, type NameServer, openNameServer, type QuestionType } from "./name-server.ts";

const PUBLIC = "93.184.215.14";
const PUBLIC6 = "2606:2800:21f:cb07::1";

let server: NameServer;
let answer: (name: string, type: QuestionType) => Answer;
let folder: string;
let memory: ReturnType<typeof memoryLog>;

beforeEach(async () => {
  answer = () => "NXDOMAIN";
  server = await openNameServer((name, type) => answer(name, type));
  folder = mkdtempSync(join(tmpdir(), "kasmix-names-"));
  memory = memoryLog();
});

afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

function policy(options: Partial<PolicyOptions> = {}, timeout = 5_000) {
  const lookup = createLookup({ servers: [server.address], hosts: join(folder, "hosts"), timeout });
  return createPolicy({ lookup, log: memory.log, ...options });
}

/** Why a name is refused, or its accepted addresses. */
async function judge(name: string, options: Partial<PolicyOptions> = {}) {
  const verdict = await policy(options).judgeUrl(`https://${name}/`);
  return verdict.verdict === "refused" ? verdict.reason : verdict.addresses;
}

const records = (a: readonly string[], aaaa: readonly string[]) => (_name: string, type: QuestionType) =>
  type === "A"
    ? a.map((data) => ({ type: "A", data }) as const)
    : aaaa.map((data) => ({ type: "AAAA", data }) as const);

describe("a name is judged by all of its addresses", () => {
  it.each([
    ["public, both families", [PUBLIC], [PUBLIC6], [PUBLIC, PUBLIC6]],
    ["public, IPv4 only", [PUBLIC], [], [PUBLIC]],
    ["public, IPv6 only", [], [PUBLIC6], [PUBLIC6]],
    ["private", ["10.0.0.1"], [], "private"],
    ["loopback, like localtest.me", ["127.0.0.1"], ["::1"], "loopback"],
    ["metadata, like metadata.nicob.net", ["169.254.169.254"], [], "metadata"],
    ["A public, AAAA private", [PUBLIC], ["fd00::1"], "private"],
    ["A private, AAAA public", ["192.168.1.1"], [PUBLIC6], "private"],
    ["the last of several private", [PUBLIC, "1.1.1.1", "8.8.8.8", "172.16.0.1"], [PUBLIC6], "private"],
    ["AAAA mapped private", [], ["::ffff:10.0.0.1"], "private"],
    ["AAAA by NAT64, embedding metadata", [PUBLIC], ["64:ff9b::a9fe:a9fe"], "metadata"],
    ["AAAA by NAT64, embedding a public one", [], ["64:ff9b::808:808"], ["64:ff9b::808:808"]],
    ["AAAA by 6to4, embedding loopback", [], ["2002:7f00:1::1"], "loopback"],
    ["unspecified", ["0.0.0.0"], [], "unspecified"],
    ["no address", [], [], "unresolved"],
  ])("%s", async (_title, a, aaaa, expected) => {
    answer = records(a, aaaa);
    expect(await judge("name.test")).toEqual(expected);
    expect([...server.questions].sort()).toEqual(["A name.test", "AAAA name.test"]);
  });

  it.each([
    "customer1.app.localhost.my.company.127.0.0.1.nip.io",
    "169.254.169.254.xip.io",
    "www.owasp.org.1ynrnhl.xip.io",
    "spoofed.burpcollaborator.net",
    "make-1.2.3.4-rebind-169.254-169.254-rr.1u.ms",
    "a.127.0.0.1.1time.10.0.0.1.1time.repeat.0.rebind.network",
  ])("corpus E: %s", async (name) => {
    answer = records([/169\.254/.test(name) ? "169.254.169.254" : "127.0.0.1"], []);
    expect(await judge(name)).toMatch(/^(metadata|loopback)$/);
  });

  it("at the end of a chain of CNAMEs", async () => {
    const chain = (last: string) => (name: string, type: QuestionType) =>
      [
        { type: "CNAME", name, data: "www.other.test" },
        { type: "CNAME", name: "www.other.test", data: "end.other.test" },
        ...(type === "A" ? ([{ type, name: "end.other.test", data: last }] as const) : []),
      ] as const;
    answer = chain("10.0.0.1");
    expect(await judge("name.test")).toBe("private");
    answer = chain(PUBLIC);
    expect(await judge("name.test")).toEqual([PUBLIC]);
  });

  it("that are looked up each time, since they may change", async () => {
    let asked = 0;
    answer = (_name, type) => (type === "A" ? [{ type, data: asked++ === 0 ? PUBLIC : "10.0.0.1" }] : []);
    expect(await judge("rebind.test")).toEqual([PUBLIC]);
    expect(await judge("rebind.test")).toBe("private");
  });

  it("including the container's own", async () => {
    answer = records(["10.2.0.7"], []);
    const own = () => ({ names: [], addresses: [ipaddr.parse("10.2.0.7")] });
    expect(await judge("name.test", { own, allow: ["10.0.0.0/8", "name.test"] })).toBe("own-address");
  });

  it("unless they are allowed", async () => {
    answer = records(["10.0.0.1"], ["fd00::1"]);
    expect(await judge("wiki.corp", { allow: ["wiki.corp"] })).toEqual(["10.0.0.1", "fd00::1"]);
    expect(await judge("wiki.test", { allow: ["10.0.0.0/8"] })).toBe("private");
    expect(await judge("wiki.test", { allow: ["10.0.0.0/8", "fd00::/8"] })).toEqual(["10.0.0.1", "fd00::1"]);
  });
});

describe("a name server", () => {
  it("that fails for one address family answers for the other", async () => {
    answer = (name, type) => (type === "A" ? records([PUBLIC], [])(name, type) : "SERVFAIL");
    expect(await judge("name.test")).toEqual([PUBLIC]);
    answer = (name, type) => (type === "AAAA" ? records([], ["fd00::1"])(name, type) : "NXDOMAIN");
    expect(await judge("name.test")).toBe("private");
  });

  it.each(["NXDOMAIN", "SERVFAIL"] as const)("that answers %s leaves the name unresolved", async (error) => {
    answer = () => error;
    const verdict = await policy().judgeUrl("https://name.test/");
    expect(verdict).toMatchObject({
      verdict: "refused",
      reason: "unresolved",
      message: expect.stringMatching(/^name\.test has no address/),
    });
  });

  it("that does not answer causes a timeout", async () => {
    answer = () => undefined;
    const verdict = await policy({}, 60).judgeUrl("https://name.test/");
    expect(verdict).toMatchObject({ verdict: "refused", reason: "resolve-timeout" });
  });

  it("is not asked about addresses and about names that are refused anyway", async () => {
    for (const host of ["8.8.8.8", "[::1]", "10.0.0.1", "wiki.corp", "localhost", "x.svc"]) await judge(host);
    expect(server.questions).toEqual([]);
  });
});

describe("/etc/hosts", () => {
  it("comes before the name servers, and is judged the same", async () => {
    answer = records([PUBLIC], []);
    writeFileSync(
      join(folder, "hosts"),
      "# 10.0.0.9 public.test\n10.0.0.1\tprivate.test Other.test. # and so on\n8.8.8.8 public.test\nfd00::1 public6.test\n",
    );
    expect(await judge("private.test")).toBe("private");
    expect(await judge("other.test")).toBe("private");
    expect(await judge("public.test")).toEqual(["8.8.8.8"]);
    expect(await judge("public6.test")).toBe("private");
    expect(server.questions).toEqual([]);
    expect(await judge("name.test")).toEqual([PUBLIC]);
  });

  it("may have invalid lines", () => {
    expect(addressesIn("\n#\nx name.test\n1.1.1.1\n 8.8.8.8 name.test\r\n", "name.test")).toEqual([
      "8.8.8.8",
    ]);
  });
});

describe("the container itself", () => {
  it("has its name and its external addresses", () => {
    const { names, addresses } = ownIdentity();
    expect(names).toEqual([hostname().toLowerCase()]);
    const outer = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
    expect(addresses).toHaveLength(outer.filter(({ internal }) => !internal).length);
  });

  it("is refused by each of its addresses", async () => {
    const outer = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
    for (const { address, family, internal } of outer) {
      const host = family === "IPv6" ? `[${address}]` : address;
      expect(await judge(host, { allow: ["0.0.0.0/0", "::/0"] })).toEqual(
        internal ? [address] : "own-address",
      );
    }
  });
});

it("an invalid exception is logged with advice", () => {
  policy({ allow: ["10.0.0.0/8", "not a name"] });
  expect(memory.events("egress.allow")).toMatchObject([
    {
      entry: "not a name",
      message: expect.stringMatching(/^KASMIX_EGRESS_ALLOW: .*ignored\. Write a name/),
    },
  ]);
});

it("a destination is judged like a URL", async () => {
  answer = records([PUBLIC], []);
  expect(await policy().judgeHost("Name.test.", 8443)).toEqual({
    verdict: "accepted",
    host: "name.test",
    port: 8443,
    addresses: [PUBLIC],
  });
  expect(await policy().judgeHost("[::1]", 8443)).toMatchObject({ reason: "loopback" });
  expect(await policy().judgeHost("name.test", 25)).toMatchObject({ reason: "port" });
});
