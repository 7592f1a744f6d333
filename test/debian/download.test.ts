import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { download } from "../../src/debian/download.ts";
import { parseProxies } from "../../src/debian/proxies.ts";
import { openWeb } from "../../src/net/http.ts";
import type { Proxies } from "../../src/net/proxies.ts";
import { openProxy } from "../net/proxy.ts";
import { deadAddress, serve, sha256 } from "./fixtures.ts";

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

test("a file with a wrong hash is deleted, and the error names it with the expected and the actual hash", async () => {
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

test("the next address is asked for a file that the first does not have", async () => {
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

test("a host that refuses connections is reported with the reason", async () => {
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

/** It was read to its end, which a host that means harm never sends: the disk filled up. */
test("a file that is longer than the lock says is not read to its end", async () => {
  const host = await serve((_, response) => {
    const send = () => void response.write(CONTENT, () => response.destroyed || setImmediate(send));
    send();
  });
  const { run, files } = await setUp();
  await expect(run([`${host}/a.deb`])).rejects.toMatchObject({
    code: "E_FETCH",
    message: expect.stringMatching(/is longer than the \d+ bytes in the lock/),
  });
  expect(await files()).toEqual([]);
});

test("an aborted download leaves no file", async () => {
  const stop = new AbortController();
  const host = await serve((_, response) => {
    response.writeHead(200, { "content-length": CONTENT.length });
    response.write(CONTENT.slice(0, 5000), () => stop.abort());
  });
  const { run, files } = await setUp({ signal: stop.signal });
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

test("a package comes through apt's proxy", async () => {
  const proxy = await openProxy(await serve((_, response) => response.end(CONTENT)));
  const proxies = parseProxies(`Acquire::http::Proxy "${proxy.address}/";`, {});
  const { run } = await setUp({ proxies });
  expect(await run(["http://mirror.test/pool/a.deb"])).toEqual({ kind: "done" });
  expect(proxy.asked).toEqual(["http://mirror.test/pool/a.deb"]);
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

async function setUp({
  signal = new AbortController().signal,
  proxies = {},
}: {
  readonly signal?: AbortSignal;
  readonly proxies?: Proxies;
} = {}) {
  const folder = await mkdtemp(join(tmpdir(), "kasmix-download-"));
  const web = openWeb({ connections: 2, proxies });
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
