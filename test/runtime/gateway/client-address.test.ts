import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { networksOf, trustedProxies } from "../../../src/runtime/gateway/client-address.ts";
import { memoryLog } from "../memory-log.ts";

function open(KASMIX_TRUSTED_PROXIES?: string) {
  const memory = memoryLog();
  const environment = KASMIX_TRUSTED_PROXIES === undefined ? {} : { KASMIX_TRUSTED_PROXIES };
  return { proxies: trustedProxies(environment, memory.log), memory };
}

const request = (remoteAddress: string | undefined, headers: object = {}, encrypted = true) =>
  ({ headers, socket: { remoteAddress, encrypted } }) as unknown as IncomingMessage;

describe("the client of a request", () => {
  const { proxies } = open("10.0.0.0/8, 2001:db8::/32\n192.0.2.7");
  const forwarded = (value: string, peer = "10.0.0.1") =>
    proxies.clientOf(request(peer, { "x-forwarded-for": value })).address;

  it.each([
    ["198.51.100.1", "198.51.100.1"],
    ["::ffff:198.51.100.1", "198.51.100.1"],
    ["fe80::1%eth0", "fe80::1"],
    [undefined, ""],
  ])("is the connection's: %s", (peer, address) => {
    expect(open().proxies.clientOf(request(peer))).toEqual({ address, scheme: "https" });
  });

  // Anybody can send these headers.
  it("is the connection's, whatever the headers of others than trusted proxies say", () => {
    const headers = { "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "http" };
    for (const { clientOf } of [proxies, open().proxies])
      expect(clientOf(request("198.51.100.1", headers))).toEqual({
        address: "198.51.100.1",
        scheme: "https",
      });
  });

  it.each([
    ["203.0.113.9", "203.0.113.9"],
    ["1.1.1.1, 203.0.113.9", "203.0.113.9"],
    ["1.1.1.1, 203.0.113.9, 10.2.3.4, 192.0.2.7", "203.0.113.9"],
    ["1.1.1.1, not an address, 10.2.3.4", "10.2.3.4"],
    ["203.0.113.9:4711", "203.0.113.9"],
    ["[2a00::1]:4711", "2a00::1"],
    ["::ffff:203.0.113.9", "203.0.113.9"],
    ["unknown", "10.0.0.1"],
    ["", "10.0.0.1"],
    ["10.1.1.1, 10.2.2.2", "10.1.1.1"],
  ])("of a trusted proxy that says %s is %s", (value, address) => {
    expect(forwarded(value)).toBe(address);
    expect(forwarded(value, "::ffff:10.0.0.1")).toBe(address);
  });

  it("has the scheme that a trusted proxy saw last, else the connection's", () => {
    const scheme = (value: string | undefined, encrypted: boolean) =>
      proxies.clientOf(request("10.0.0.1", { "x-forwarded-proto": value }, encrypted)).scheme;
    expect([scheme("https", false), scheme("https, HTTP", true)]).toEqual(["https", "http"]);
    expect([scheme(undefined, false), scheme("gopher", true)]).toEqual([undefined, "https"]);
  });

  it("is unknown to entries that are no addresses, or everybody; each is logged", () => {
    const { proxies, memory } = open("10.0.0.0/8 nginx 10.0.0.0/33 0.0.0.0/0");
    expect(memory.events("gateway.proxies")).toMatchObject([
      { entry: "nginx" },
      { entry: "10.0.0.0/33" },
      { entry: "0.0.0.0/0" },
    ]);
    expect([proxies.has("10.9.9.9"), proxies.has("203.0.113.9"), proxies.has(undefined)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe("the networks of an address", () => {
  it.each([
    ["192.0.2.1", ["192.0.2.1"]],
    ["::ffff:192.0.2.1", ["192.0.2.1"]],
    ["2001:db8:1:2:3::4", ["20010db800010002/64", "20010db80001/48"]],
    ["fe80::1%eth0", ["fe80000000000000/64", "fe8000000000/48"]],
    ["", [""]],
  ])("%s: %j", (address, networks) => {
    expect(networksOf(address)).toEqual(networks);
  });
});
