import { once } from "node:events";
import { createServer } from "node:http";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { runProcess } from "../../src/engine/process.ts";
import { openShell } from "../../src/engine/shell.ts";
import { askThrough, openWeb, readBody, reasonOf, type WebOptions } from "../../src/net/http.ts";
import { environmentProxies, proxyVariables } from "../../src/net/proxies.ts";
import { deadAddress, listen, serve } from "../debian/fixtures.ts";
import { openProxy } from "./proxy.ts";
import { serveSecurely } from "./secure.ts";

const VARIABLES = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"];

beforeEach(() => {
  for (const name of VARIABLES) vi.stubEnv(name, undefined).stubEnv(name.toUpperCase(), undefined);
});

afterEach(() => vi.unstubAllEnvs());

function open(options: WebOptions = {}) {
  const web = openWeb(options);
  onTestFinished(() => web.close());
  return web;
}

async function textAt(address: string, options: WebOptions = {}): Promise<string> {
  const { answer } = await askThrough(open(options), new URL(address));
  return (await readBody(answer, 1000)).toString("utf8");
}

const reasonFor = (asked: Promise<unknown>) => asked.then(() => "none", reasonOf);

test.each(["http_proxy", "HTTP_PROXY", "ALL_PROXY"])(
  "asks the proxy in %s for the whole address",
  async (name) => {
    const proxy = await openProxy(await serve((request, response) => response.end(request.url)));
    vi.stubEnv(name, proxy.address);
    expect(await textAt("http://mirror.test/pool/a.deb")).toBe("/pool/a.deb");
    expect(proxy.asked).toEqual(["http://mirror.test/pool/a.deb"]);
  },
);

test.each(["https_proxy", "HTTPS_PROXY", "http_proxy"])(
  "asks for an https address through a tunnel of the proxy in %s, and checks the host's certificate",
  async (name) => {
    const server = await serveSecurely((_request, response) => response.end("hello"), ["mirror.test"]);
    const proxy = await openProxy(server.origin);
    vi.stubEnv(name, proxy.address.replace("http://", "http://me:p%40ss@"));
    expect(await textAt("https://mirror.test/", { ca: server.ca })).toBe("hello");
    expect(await reasonFor(textAt("https://other.test/", { ca: server.ca }))).toContain("does not match");
    expect(await reasonFor(textAt("https://mirror.test/"))).toContain("certificate");
    expect(await textAt("https://other.test/", { insecure: true })).toBe("hello");
    expect(proxy.asked).toEqual([
      "CONNECT mirror.test:443",
      "CONNECT other.test:443",
      "CONNECT mirror.test:443",
      "CONNECT other.test:443",
    ]);
    expect(new Set(proxy.logins)).toEqual(new Set([`Basic ${Buffer.from("me:p@ss").toString("base64")}`]));
  },
);

test("a proxy that refuses a tunnel is named as the reason, and its connection is closed", async () => {
  let closed: Promise<unknown> | undefined;
  const proxy = createServer().on("connect", (_request, socket) => {
    closed = once(socket, "end");
    socket.resume().once("end", () => socket.end());
    socket.write("HTTP/1.1 403 Forbidden\r\nConnection: keep-alive\r\n\r\n");
  });
  const asked = textAt("https://mirror.test/", { proxies: { https: await listen(proxy) } });
  expect(await reasonFor(asked)).toBe("the proxy answered 403");
  await closed;
});

test.each([
  ["a.invalid", "a.invalid", true],
  ["deb.a.invalid", ".a.invalid", true],
  ["deb.a.invalid", "a.invalid", true],
  ["A.INVALID", "b.invalid, a.invalid", true],
  ["a.invalid", "b.invalid *", true],
  ["bada.invalid", "a.invalid", false],
  ["a.invalid", "", false],
])("with no_proxy, %s and %j: asked directly is %s", async (host, list, direct) => {
  const proxy = await openProxy(await serve((_request, response) => response.end("from the proxy")));
  vi.stubEnv("http_proxy", proxy.address);
  vi.stubEnv("no_proxy", list);
  const found = await textAt(`http://${host}/`).catch(reasonOf);
  expect(found).toBe(direct ? "its name cannot be resolved" : "from the proxy");
  expect(proxy.asked).toHaveLength(direct ? 0 : 1);
});

/** skopeo asks a registry on this machine directly whatever the environment says. */
test("this machine is asked directly", async () => {
  vi.stubEnv("HTTP_PROXY", await deadAddress());
  expect(await textAt(await serve((_request, response) => response.end("here")))).toBe("here");
});

test("a proxy may be written without its scheme; one that cannot be read is refused, and not shown", () => {
  open({ proxies: { http: "proxy.example:3128" } });
  for (const address of ["http://me:secret@:x", "ftp://proxy.example"]) {
    expect(() => openWeb({ proxies: { http: address } })).toThrow(
      expect.objectContaining({ code: "E_USAGE", message: expect.not.stringContaining("secret") }),
    );
  }
});

test("the environment's proxy for all is used for what has none of its own", () => {
  const env = { HTTPS_PROXY: "http://secure.example", all_proxy: "http://all.example" };
  expect(environmentProxies(env)).toEqual({ http: "http://all.example", https: "http://secure.example" });
});

/** apt did not see HTTP_PROXY, Nix's curl neither, and nothing but undici used http_proxy for https. */
test.each(["http_proxy", "HTTP_PROXY", "ALL_PROXY"])(
  "a program that Kasmix starts gets the proxy in %s in every spelling",
  async (name) => {
    vi.stubEnv(name, "proxy.example:3128").stubEnv("NO_PROXY", "a.example");
    const expected = proxyVariables({ http_proxy: "http://proxy.example:3128", no_proxy: "a.example" });
    const script = "env | grep -i _proxy | sort";
    const shell = await openShell();
    for (const { stdout } of [await runProcess("sh", ["-c", script]), await shell`sh -c ${script}`]) {
      const found = Object.fromEntries(
        stdout
          .trim()
          .split("\n")
          .map((line) => line.split("=")),
      );
      expect(found).toMatchObject(expected);
    }
    expect(Object.keys(expected).sort()).toEqual(
      ["http", "https", "no"].flatMap((kind) => [`${kind}_proxy`, `${kind}_proxy`.toUpperCase()]).sort(),
    );
    expect(expected.NO_PROXY).toBe("a.example,localhost,127.0.0.1,[::1]");
  },
);

test("without a proxy nothing is added to a program's environment", () => {
  expect(proxyVariables({ NO_PROXY: "a.example" })).toEqual({});
});

test("credentials do not follow a redirect to another host", async () => {
  const seen: (string | undefined)[] = [];
  const other = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.end("there");
  });
  const first = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(302, { location: request.url === "/" ? "/again" : other }).end();
  });
  const headers = { authorization: "Basic x" };
  const { answer } = await askThrough(open(), new URL(first), { headers });
  expect((await readBody(answer, 1000)).toString()).toBe("there");
  expect(seen).toEqual(["Basic x", "Basic x", undefined]);
});

test("redirects end, and only GET and HEAD follow them", async () => {
  const address = await serve((_request, response) => response.writeHead(307, { location: "/" }).end());
  const ask = (method: "GET" | "POST") => askThrough(open(), new URL(address), { method });
  await expect(ask("GET")).rejects.toThrow("redirects more than 5 times");
  expect((await ask("POST")).answer.statusCode).toBe(307);
});

test("a host that says nothing is given up", async () => {
  const mute = await serve(() => {});
  expect(await reasonFor(textAt(mute, { silence: 0.2 }))).toBe("it does not answer in time");
  const stuck = await serve((_request, response) => response.writeHead(200).write("a"));
  expect(await reasonFor(textAt(stuck, { silence: 0.2 }))).toBe("it does not answer in time");
});
