import { describe, expect, it } from "vitest";
import { isOwnHost, isSameOrigin } from "../../../src/runtime/gateway/origin.ts";

const HOST = "desk.example:6901";
const ALLOWED = ["https://kasm.example", "http://intranet.example"];

const judge = (headers: Record<string, string>, scheme?: "http" | "https") => [
  isSameOrigin({ host: HOST, ...headers }, { allowed: ALLOWED, scheme }),
  isOwnHost({ host: HOST, ...headers }, { allowed: ALLOWED, scheme }),
];

const OWN = { origin: `https://${HOST}` };
const OTHER_PORT = { origin: "https://desk.example" };

describe("a request", () => {
  it.each([
    ["of a program", {}],
    ["of an older browser's own page", OWN],
    ["of the own page", { ...OWN, "sec-fetch-site": "same-origin" }],
    ["that loads an image of the own page", { "sec-fetch-site": "same-origin" }],
    ["of a typed address", { "sec-fetch-site": "none" }],
    [
      "of the own page behind a proxy",
      { origin: "https://public.example", "x-forwarded-host": "public.example" },
    ],
    [
      "of an allowed page of another site",
      { origin: "https://kasm.example", "sec-fetch-site": "cross-site" },
    ],
    ["of an allowed http: page", { origin: "http://intranet.example", "sec-fetch-site": "same-origin" }],
  ])("%s is accepted on every port", (_, headers: Record<string, string>) => {
    expect(judge(headers)).toEqual([true, true]);
  });

  it("of a page on another port of the host is accepted on the side ports alone", () => {
    expect(judge(OTHER_PORT)).toEqual([false, true]);
    expect(judge({ ...OTHER_PORT, "sec-fetch-site": "same-site" })).toEqual([false, true]);
  });

  // Whoever controls the network can serve a page under the gateway's name by http:.
  it.each([
    ["of an http: page under the own name", { origin: `http://${HOST}` }],
    [
      "of an http: page that claims the same origin",
      { origin: `http://${HOST}`, "sec-fetch-site": "same-origin" },
    ],
    ["of an http: page on another port", { origin: "http://desk.example" }],
    [
      "of an http: page behind a proxy",
      { origin: "http://public.example", "x-forwarded-host": "public.example" },
    ],
    ["of another scheme under the own name", { origin: `ftp://${HOST}` }],
    ["from another site, whatever its origin", { ...OWN, "sec-fetch-site": "cross-site" }],
    ["from another site by http:", { origin: `http://${HOST}`, "sec-fetch-site": "cross-site" }],
    ["that loads an image of another site", { "sec-fetch-site": "cross-site" }],
    ["that loads an image of a sibling", { "sec-fetch-site": "same-site" }],
    ["of another page", { origin: "https://evil.example" }],
    ["of a page with an opaque origin", { origin: "null" }],
    ["of an invalid origin", { origin: "https://" }],
  ])("%s is refused on every port", (_, headers: Record<string, string>) => {
    expect(judge(headers)).toEqual([false, false]);
    expect(judge(headers, "https")).toEqual([false, false]);
  });
});

describe("a request of an http: page", () => {
  const http = { origin: `http://${HOST}`, "sec-fetch-site": "same-origin" };

  // Plain HTTP between browser and proxy was refused, whatever the proxy said.
  it("is the gateway's when a trusted proxy says that its browser uses http, under the own names alone", () => {
    expect(judge(http, "http")).toEqual([true, true]);
    expect(judge({ origin: "http://desk.example" }, "http")).toEqual([false, true]);
    expect(
      judge({ origin: "http://public.example", "x-forwarded-host": "public.example:80" }, "http"),
    ).toEqual([true, true]);
    expect(judge({ ...http, "sec-fetch-site": "cross-site" }, "http")).toEqual([false, false]);
    expect(judge({ origin: "http://evil.example" }, "http")).toEqual([false, false]);
    expect(judge(OWN, "http")).toEqual([true, true]);
  });

  it.each(["localhost", "desk.localhost", "127.0.0.1", "[::1]"])(
    "is the gateway's at %s without a proxy's word, since it cannot come from the network",
    (name) => {
      const own = { host: `${name}:6901`, origin: `http://${name}:6901` };
      expect(judge(own)).toEqual([true, true]);
      expect(judge(own, "https")).toEqual([false, false]);
      expect(judge({ ...own, origin: `http://${name}:8000` })).toEqual([false, true]);
      expect(judge({ ...own, host: HOST })).toEqual([false, false]);
    },
  );

  it.each(["localhost.example", "127.0.0.1.example", "notlocalhost"])("is foreign at %s", (name) => {
    expect(judge({ host: name, origin: `http://${name}` })).toEqual([false, false]);
  });
});
