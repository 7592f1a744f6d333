import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { download } from "../../src/debian/download.ts";
import { environmentProxies, openWeb, parseProxies, proxyFor } from "../../src/net/http.ts";
import { deadAddress, listen, serve, sha256 } from "./fixtures.ts";

const CONTENT = "a package's content\n".repeat(1000);

test("a file is there under its name only when it is complete and right", async () => {
  const host = await serve((_, response) => response.end(CONTENT));
  const { run, target, bytes } = await setUp();
  expect(await run([`${host}/a.deb`])).toEqual({ kind: "done" });
  expect(await readFile(target, "utf8")).toBe(CONTENT);
  expect(bytes()).toBe(CONTENT.length);
});

test("a redirect is followed", async () => {
  const host = await serve((request, response) => {
    if (request.url === "/moved/a.deb") response.end(CONTENT);
    else response.writeHead(302, { location: "/moved/a.deb" }).end();
  });
  const { run } = await setUp();
  expect(await run([`${host}/a.deb`])).toEqual({ kind: "done" });
});

test("a file with a wrong hash is deleted and the error names it, what was expected and what came", async () => {
  const host = await serve((_, response) => response.end(CONTENT.replace("a", "b")));
  const { run, files, bytes } = await setUp();
  const failure = await run([`${host}/a.deb`]).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "E_FETCH" });
  expect(String(failure)).toContain("a 1.0 from 127.0.0.1");
  expect(String(failure)).toContain(`expected 20000 bytes, sha256 ${sha256(CONTENT)}`);
  expect(String(failure)).toContain(`got      20000 bytes, sha256 ${sha256(CONTENT.replace("a", "b"))}`);
  expect(await files()).toEqual([]);
  expect(bytes()).toBe(0);
});

test("the next address is asked for what the first does not have", async () => {
  const [empty, full] = [
    await serve((_, response) => response.writeHead(404).end("not here")),
    await serve((_, response) => response.end(CONTENT)),
  ];
  const { run } = await setUp();
  expect(await run([`${empty}/a.deb`, `${full}/a.deb`])).toEqual({ kind: "done" });
});

test("a file that some host lacks and no other has counts as vanished", async () => {
  const empty = await serve((_, response) => response.writeHead(404).end());
  const { run } = await setUp();
  expect(await run([`${empty}/a.deb`, `${await deadAddress()}/a.deb`])).toEqual({ kind: "vanished" });
});

test("a host that refuses connections is told with the reason", async () => {
  const dead = await deadAddress();
  const { run } = await setUp();
  expect(await run([`${dead}/a.deb`])).toEqual({
    kind: "unreachable",
    reasons: new Map([[new URL(dead).host, "it refuses connections"]]),
  });
});

test("a connection that breaks in the middle is tried again and leaves nothing of the first try", async () => {
  let tries = 0;
  const host = await serve((_, response) => {
    tries += 1;
    if (tries > 1) return response.end(CONTENT);
    response.writeHead(200, { "content-length": CONTENT.length });
    return response.write(CONTENT.slice(0, 5000), () => response.destroy());
  });
  const { run, files, bytes } = await setUp();
  expect(await run([`${host}/a.deb`])).toEqual({ kind: "done" });
  expect(await files()).toEqual(["a.deb"]);
  expect(bytes()).toBe(CONTENT.length);
});

test("an aborted download leaves no file", async () => {
  const stop = new AbortController();
  const host = await serve((_, response) => {
    response.writeHead(200, { "content-length": CONTENT.length });
    response.write(CONTENT.slice(0, 5000), () => stop.abort());
  });
  const { run, files } = await setUp(stop.signal);
  await expect(run([`${host}/a.deb`])).rejects.toMatchObject({ name: "AbortError" });
  expect(await files()).toEqual([]);
});

test("a complete file of an earlier run is taken without asking anybody", async () => {
  const host = await serve((_, response) => response.end(CONTENT));
  const { run } = await setUp();
  await run([`${host}/a.deb`]);
  expect(await run([`${await deadAddress()}/a.deb`])).toEqual({ kind: "done" });
});

test("a folder that cannot be written is this machine's fault and not the mirror's", async () => {
  const host = await serve((_, response) => response.end(CONTENT));
  const { run, target } = await setUp();
  await writeFile(target, "no folder");
  const failure = run([`${host}/a.deb`], join(target, "a.deb"));
  await expect(failure).rejects.toMatchObject({
    code: "E_MACHINE",
    message: expect.stringContaining(target),
  });
});

test("apt's proxy is asked with the whole address", async () => {
  const asked: (string | undefined)[] = [];
  const proxy = await serve((request, response) => {
    asked.push(request.url, request.headers.host);
    response.end(CONTENT);
  });
  const web = openWeb({ connections: 1, proxies: parseProxies(`Acquire::http::Proxy "${proxy}/";`, {}) });
  onTestFinished(() => web.close());
  const response = await web.get("http://mirror.example/pool/a.deb");
  response.resume();
  expect(asked).toEqual(["http://mirror.example/pool/a.deb", "mirror.example"]);
});

test("an https address is asked for through a tunnel, and a proxy that refuses one is told", async () => {
  const asked: (string | undefined)[] = [];
  const proxy = createServer().on("connect", (request, socket) => {
    asked.push(request.url);
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  const address = await listen(proxy);
  const web = openWeb({ connections: 1, proxies: { https: address } });
  onTestFinished(() => web.close());
  const { host } = new URL(address);
  await expect(web.get("https://mirror.example/a.deb")).rejects.toThrow(`the proxy ${host} answered 403`);
  expect(asked).toEqual(["mirror.example:443"]);
});

/** The connection stayed open, and with it the whole process after its error. */
test("a refused tunnel is closed", async () => {
  let closed: Promise<unknown> | undefined;
  const proxy = createServer().on("connect", (_request, socket) => {
    closed = once(socket, "end");
    socket.resume().once("end", () => socket.end());
    socket.write("HTTP/1.1 403 Forbidden\r\nConnection: keep-alive\r\n\r\n");
  });
  const web = openWeb({ connections: 1, proxies: { https: await listen(proxy) } });
  onTestFinished(() => web.close());
  await expect(web.get("https://mirror.example/a.deb")).rejects.toThrow("answered 403");
  await closed;
});

/** A mirror in one's own network was asked for at the proxy, which knows nothing of it; apt and curl do not do so. */
test("what no_proxy names is asked without a proxy", async () => {
  const mirror = await serve((_request, response) => response.end(CONTENT));
  const env = { http_proxy: await deadAddress(), no_proxy: "other.example, 127.0.0.1" };
  for (const proxies of [parseProxies("", env), environmentProxies(env)]) {
    const web = openWeb({ connections: 1, proxies });
    onTestFinished(() => web.close());
    const response = await web.get(`${mirror}/a.deb`);
    response.resume();
    expect(response.statusCode).toBe(200);
  }
});

test.each([
  ["a.example", "a.example", true],
  ["deb.a.example", ".a.example", true],
  ["deb.a.example", "a.example", true],
  ["A.EXAMPLE", "b.example,a.example", true],
  ["bada.example", "a.example", false],
  ["a.example", "", false],
  ["a.example", "*", true],
])("%s with no_proxy=%s is asked directly: %s", (host, list, direct) => {
  const proxies = environmentProxies({ http_proxy: "http://proxy.example", no_proxy: list });
  expect(proxyFor(new URL(`http://${host}/`), proxies) === undefined).toBe(direct);
});

test("apt's settings win over the environment's proxies, and DIRECT means none", () => {
  const env = { http_proxy: "http://env.example:1", https_proxy: "http://env.example:2" };
  expect(parseProxies("", env)).toEqual({ http: "http://env.example:1", https: "http://env.example:2" });
  expect(parseProxies('Acquire::http::Proxy "http://apt.example:3";', {})).toEqual({
    http: "http://apt.example:3",
    https: "http://apt.example:3",
  });
  expect(parseProxies('Acquire::http::Proxy "DIRECT";', env).http).toBeUndefined();
});

async function setUp(signal: AbortSignal = new AbortController().signal) {
  const folder = await mkdtemp(join(tmpdir(), "kasmix-download-"));
  const web = openWeb({ connections: 2 });
  onTestFinished(async () => {
    web.close();
    await rm(folder, { recursive: true, force: true });
  });
  const target = join(folder, "a.deb");
  let bytes = 0;
  const onBytes = (count: number) => {
    bytes += count;
  };
  const wanted = { label: "a 1.0", size: CONTENT.length, sha256: sha256(CONTENT) };
  return {
    target,
    files: () => readdir(folder),
    bytes: () => bytes,
    run: (urls: string[], path = target) =>
      download({ ...wanted, urls }, path, { web, unreachable: new Map(), onBytes, signal }),
  };
}
