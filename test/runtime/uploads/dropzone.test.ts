import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../../helpers/eventually.ts";
import { OWNER, VIEWER } from "../gateway/harness.ts";
import { ask, form, openWorld, treeOf, type World } from "./harness.ts";

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const FIELDS = { dzchunkindex: 0, dzchunkbyteoffset: 0, dztotalfilesize: 5, dztotalchunkcount: 1 };
const FILE = { name: "a.txt", content: "hello" };
const NO_HEADER = [403, "Authorization Header missing or invalid"] as const;
const DENIED = [403, "Access Denied!"] as const;
const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

interface Sending {
  readonly fields?: Readonly<Record<string, string | number | undefined>>;
  readonly file?: Parameters<typeof form>[1] | null;
  readonly authorization?: string | null;
  readonly method?: string;
  readonly path?: string;
}

/** Posts a chunk to the port that Kasm's page uses; returns status, body and type. */
async function send({
  fields = {},
  file = FILE,
  authorization = OWNER,
  method = "POST",
  path = "/upload",
}: Sending = {}) {
  const all = Object.entries({ ...FIELDS, ...fields }).filter((pair) => pair[1] !== undefined);
  const { headers, body } = form(Object.fromEntries(all) as Record<string, number>, file ?? undefined);
  const asked = { method, path, port: world.kasmPort, ...(method === "POST" ? { body } : {}) };
  const credentials = authorization === null ? { authorization: [] as unknown as string } : { authorization };
  const answer = await ask(world, { ...asked, headers: { ...headers, ...credentials } });
  const type = answer.headers["content-type"];
  return { told: [answer.status, answer.body.toString()] as const, type };
}

const read = (name: string) => readFileSync(join(world.uploads, name), "utf8");

describe("port 4902, call by call", () => {
  it.each([
    ["no Authorization", { authorization: null }, NO_HEADER],
    ["another scheme", { authorization: "Bearer abc" }, NO_HEADER],
    ["garbage", { authorization: "Basic !!!" }, NO_HEADER],
    ["a wrong password", { authorization: basic("kasm_user:wrong") }, DENIED],
    ["a wrong user", { authorization: basic("root:secret") }, DENIED],
    ["a viewer", { authorization: VIEWER }, DENIED],
    ["no credentials and no fields", { authorization: null, fields: { dzchunkindex: undefined } }, NO_HEADER],
    ["one chunk", {}, [200, "uploaded Chunk"]],
    ["a name of Kasm's kind", { file: { name: "ü €.txt", content: "x" } }, [200, "uploaded Chunk"]],
  ] as const)("%s", async (_, sending, expected) => {
    const { told, type } = await send(sending);
    expect(told).toEqual(expected);
    expect(type).toBe("text/html; charset=utf-8");
    if (expected[0] === 403) expect(treeOf(world.uploads).filter((path) => path.includes("txt"))).toEqual([]);
  });

  it.each(Object.keys(FIELDS))("a missing or non-numeric %s is 400", async (name) => {
    for (const value of [undefined, "x", "", "-1", "1.5"]) {
      const { told, type } = await send({ fields: { [name]: value } });
      expect([told[0], type]).toEqual([400, "text/html; charset=utf-8"]);
    }
    expect(existsSync(join(world.uploads, "a.txt"))).toBe(false);
    expect(readdirSync(join(world.uploads, ".kasmix-uploads"))).toEqual([]);
  });

  it("a missing file, or one in another field, is 400", async () => {
    expect((await send({ file: null })).told[0]).toBe(400);
    expect((await send({ file: { ...FILE, field: "other" } })).told[0]).toBe(400);
  });

  it("fields are checked before the name: a missing field is reported even if the file exists", async () => {
    writeFileSync(join(world.uploads, "a.txt"), "old");
    expect((await send()).told).toEqual([400, "File already exists"]);
    const { told } = await send({ fields: { dzchunkindex: undefined } });
    expect([told[0], told[1]]).toEqual([400, expect.not.stringContaining("exists")]);
    expect(read("a.txt")).toBe("old");
  });

  it("other methods are 405, other addresses 404", async () => {
    for (const method of ["GET", "PUT", "DELETE", "OPTIONS"])
      expect((await send({ method })).told[0]).toBe(405);
    expect((await send({ path: "/" })).told[0]).toBe(404);
    expect((await send({ path: "/upload/" })).told[0]).toBe(404);
  });

  it("only slashes are removed from a name", async () => {
    expect((await send({ file: { name: "../../etc/x y\\z.txt", content: "hello" } })).told[0]).toBe(200);
    expect(readdirSync(world.uploads)).toContain("....etcx y\\z.txt");
    for (const name of ["", ".", "..", "/", "./."])
      expect((await send({ file: { name, content: "x" } })).told).toEqual([400, "File already exists"]);
    expect((await send({ file: { name: "x".repeat(300), content: "x" } })).told[0]).toBe(400);
  });

  it("chunks are written at their offsets in a hidden file, which the last one renames", async () => {
    const chunk = (index: number, offset: number, content: string) =>
      send({
        fields: { dzchunkindex: index, dzchunkbyteoffset: offset, dztotalfilesize: 9, dztotalchunkcount: 3 },
        file: { name: "c.txt", content },
      });
    expect((await chunk(1, 3, "def")).told[0]).toBe(200);
    const part = join(world.uploads, ".c.txt.uploading");
    expect(readFileSync(part, "utf8")).toBe("\0\0\0def");
    expect(statSync(part).mode & 0o777).toBe(0o644);
    await chunk(0, 0, "abc");
    expect(existsSync(join(world.uploads, "c.txt"))).toBe(false);
    expect((await chunk(2, 6, "ghi")).told).toEqual([200, "uploaded Chunk"]);
    expect(read("c.txt")).toBe("abcdefghi");
    expect(existsSync(part)).toBe(false);
  });

  it("a form with the file before its fields works the same", async () => {
    const content = "x".repeat(3_000_000);
    expect((await send({ file: { name: "first.txt", content, first: true } })).told).toEqual([
      200,
      "uploaded Chunk",
    ]);
    expect(read("first.txt")).toBe(content);
    expect((await send({ file: { ...FILE, name: "first.txt", first: true } })).told).toEqual([
      400,
      "File already exists",
    ]);
    expect(readdirSync(join(world.uploads, ".kasmix-uploads"))).toEqual([]);
  });

  it("links are not followed", async () => {
    const victim = join(world.outside, "victim");
    symlinkSync(victim, join(world.uploads, "a.txt"));
    expect((await send()).told).toEqual([400, "File already exists"]);
    symlinkSync(victim, join(world.uploads, ".b.txt.uploading"));
    expect((await send({ file: { name: "b.txt", content: "x" } })).told).toEqual([
      400,
      "File already exists",
    ]);
    mkdirSync(join(world.uploads, ".d.txt.uploading"));
    expect((await send({ file: { name: "d.txt", content: "x" } })).told).toEqual([
      400,
      "File already exists",
    ]);
    expect(treeOf(world.outside)).toEqual([]);
  });
});

describe("beyond Kasm's protocol", () => {
  it("the limit and the free space are checked here too", async () => {
    world.close();
    world = await openWorld({ KASMIX_UPLOAD_LIMIT: "1KiB" });
    expect((await send({ fields: { dztotalfilesize: 1025 } })).told[0]).toBe(413);
    const long = { name: "long", content: "x".repeat(1025) };
    expect((await send({ file: long })).told[0]).toBe(413);
    expect((await send({ fields: { dzchunkbyteoffset: 1020 } })).told[0]).toBe(413);
    world.close();
    world = await openWorld();
    expect((await send({ fields: { dztotalfilesize: 2 ** 52 } })).told[0]).toBe(507);
  });

  it("an invalid form is 400", async () => {
    const post = (type: string, body: string) =>
      ask(world, {
        method: "POST",
        path: "/upload",
        port: world.kasmPort,
        headers: { "content-type": type },
        body,
      });
    expect((await post("text/plain", "x")).status).toBe(400);
    expect((await post("multipart/form-data", "x")).status).toBe(400);
    expect((await post("multipart/form-data; boundary=x", "--x\r\nnothing")).status).toBe(400);
    expect(world.memory.events("uploads.failed")).toEqual([]);
  });

  it("an aborted chunk leaves no file open and can be sent again", async () => {
    const { headers, body } = form(FIELDS, { name: "b.txt", content: "x".repeat(1_000_000) });
    const head = [
      "POST /upload HTTP/1.1",
      "Host: x",
      `Authorization: ${OWNER}`,
      `Content-Type: ${headers["content-type"]}`,
    ];
    const socket = connect({ port: world.kasmPort, rejectUnauthorized: false }, () => {
      socket.write(`${[...head, `Content-Length: ${body.length}`, "", ""].join("\r\n")}`);
      socket.write(body.subarray(0, 500_000));
    });
    socket.on("error", () => {});
    const part = join(world.uploads, ".b.txt.uploading");
    await eventually(() => expect(statSync(part).size).toBeGreaterThan(400_000));
    socket.destroy();
    const open = () =>
      readdirSync("/proc/self/fd")
        .map((fd) => linkOf(fd))
        .filter((path) => path === part);
    await eventually(() => expect(open()).toEqual([]));
    expect((await send({ file: { name: "b.txt", content: "whole" } })).told[0]).toBe(200);
  });

  it("pages of this host may post, other sites may not", async () => {
    const post = async (origin: string) => {
      const { headers, body } = form(FIELDS, { name: `${origin.length}`, content: "hello" });
      const asked = { method: "POST", path: "/upload", port: world.kasmPort, body };
      return (await ask(world, { ...asked, headers: { ...headers, origin } })).status;
    };
    expect(await post(`https://127.0.0.1:${world.port}`)).toBe(200);
    expect(await post("https://evil.example")).toBe(403);
  });
});

function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return "";
  }
}
