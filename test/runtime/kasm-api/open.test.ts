import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Directories } from "../../../src/runtime/boot/directories.ts";
import { openOwnerApi } from "../../../src/runtime/kasm-api/open.ts";
import { eventually, PATIENCE } from "../../helpers/eventually.ts";
import { closed, type Harness, OWNER, openHarness, refused, VIEWER } from "../gateway/harness.ts";
import { startFakeDisplay } from "./fake-display.ts";

const PROGRAM = join(import.meta.dirname, "../fixtures/screenshot.sh");
const owner = { authorization: OWNER };
const viewer = { authorization: VIEWER };
const basic = (name: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`,
});

let h: Harness;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "kasmix-owner-"));
  await start(PATIENCE);
  show("a desktop");
});

afterEach(() => {
  h.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens the API with a patience in milliseconds, replacing the one opened before. */
async function start(patience: number): Promise<void> {
  h?.close();
  const directories = { home: folder, runtime: folder } as Directories;
  const program = join(folder, "screenshot");
  if (!existsSync(program)) symlinkSync(PROGRAM, program);
  const environment = { PATH: process.env.PATH, KASMIX_SCREENSHOT: program, DISPLAY: ":4711" };
  const displayPid = () => process.pid;
  h = await openHarness({}, (visitors, log, users) => [
    openOwnerApi({ environment, directories, users, visitors, displayPid, log, patience }),
  ]);
}

/** Sets the content of the fake screen. */
const show = (picture: string) => writeFileSync(join(folder, "picture"), picture);

const get = async (path: string, headers: Record<string, string> = owner) => {
  const { status, headers: told, body } = await h.fetch(`/api/${path}`, headers);
  return { status, type: told["content-type"], server: told.server, body: body.toString() };
};

const post = async (path: string, body: unknown, headers: Record<string, string> = owner) => {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const answer = await h.fetch(`/api/${path}`, headers, "POST", h.port, text);
  return { status: answer.status, body: answer.body.toString() };
};

async function look(headers: Record<string, string>) {
  const client = h.open(headers);
  await once(client, "open");
  return client;
}

const users = async () => JSON.parse((await get("get_users")).body);
const OWNER_ENTRY = { user: "kasm_user", read: false, write: true, owner: true };
const VIEWER_ENTRY = { user: "kasm_viewer", read: true, write: false, owner: false };

/** KasmVNC's calls, each with the status and the beginning of its answer. */
const CALLS: readonly (readonly [call: string, status: number, begins: RegExp])[] = [
  ["get_screenshot", 200, /^4096 4096 86 1 1$/],
  ["get_screenshot?width=1000&height=1000", 200, /^1000 1000 86 1 1$/],
  ["get_screenshot?quality=0", 200, /^4096 4096 15 2 2$/],
  ["get_screenshot?quality=9&width=1&height=1", 200, /^1 1 100 1 1$/],
  ["get_screenshot?width=None&height=&quality=x", 200, /^4096 4096 86 1 1$/],
  ["get_screenshot?quality=10", 400, /^400 Bad Request\nquality: /],
  ["get_screenshot?width=0", 400, /^400 Bad Request\nwidth: /],
  [
    "get_screenshot?width=12px&height=0&quality=10",
    400,
    /^400 Bad Request\nwidth: .*\nheight: .*\nquality: /,
  ],
  ["get_screenshot?width=%zz", 400, /^400 Bad Request\n/],
  [`get_screenshot?${"x".repeat(1024)}`, 404, /^404\n/],
  ["get_frame_stats", 400, /^400 Bad Request\nclient: /],
  ["get_frame_stats?client=", 400, /^400 Bad Request\nclient: /],
  ["get_bottleneck_stats", 200, /^\{\}$/],
  ["get_users", 200, /^\[\n/],
  ["get_sessions", 200, /^\{"users":\[\]\}$/],
  ["send_full_frame", 200, /^200 OK$/],
  ["clear_clipboard", 503, /^503 Service Unavailable\n/],
  ["create_user?name=ada&password=secret-a", 200, /^200 OK$/],
  ["create_user?name=ada", 400, /^400 Bad Request\npassword: /],
  ["create_user?password=x", 400, /^400 Bad Request\nname: /],
  ["create_user", 400, /^400 Bad Request\nname: .*\npassword: /],
  ["create_user?name=kasm_viewer&password=x", 400, /^400 Bad Request\nname: the user kasm_viewer exists/],
  ["create_user?name=a:b&password=x", 400, /^400 Bad Request\nname: /],
  [`create_user?name=${"n".repeat(128)}&password=${"p".repeat(128)}`, 400, /\nname: .*\npassword: /],
  ["update_user?name=kasm_viewer&write=true", 200, /^200 OK$/],
  ["update_user?name=kasm_viewer", 400, /^400 Bad Request\nread, write, owner: /],
  ["update_user?name=nobody&write=true", 400, /^400 Bad Request\nname: there is no such user$/],
  ["update_user?name=kasm_user&owner=false", 400, /^400 Bad Request\nname: kasm_user cannot/],
  ["remove_user?name=kasm_viewer", 200, /^200 OK$/],
  ["remove_user?name=nobody", 400, /^400 Bad Request\nname: there is no such user$/],
  ["remove_user", 400, /^400 Bad Request\nname: is missing/],
  ["remove_user?name=kasm_user", 400, /^400 Bad Request\nname: kasm_user cannot/],
];

describe("every call", () => {
  it.each(CALLS)("GET %s: %i", async (call, status, begins) => {
    const answer = await get(call);
    const isPicture = call.startsWith("get_screenshot") && status === 200;
    expect(answer).toMatchObject({ status, server: "KasmVNC/4.0", body: expect.stringMatching(begins) });
    expect(answer.type).toBe(isPicture ? "image/jpeg" : "text/plain");
  });

  const NAMES = [...new Set(CALLS.map(([call]) => call.split("?")[0] ?? ""))];

  it.each(NAMES)("%s is for the owner only: 401 for others, with and without a password", async (name) => {
    // A viewer's browser must not ask for another password.
    const { status, headers, body } = await h.fetch(`/api/${name}?client=none`, viewer);
    expect([status, body.toString(), headers["www-authenticate"]]).toEqual([
      401,
      "401 Unauthorized",
      undefined,
    ]);
    expect(headers.server).toBe("KasmVNC/4.0");
    const unknown = await h.fetch(`/api/${name}`, {});
    expect([unknown.status, unknown.headers["www-authenticate"]]).toEqual([
      401,
      expect.stringMatching(/^Basic /),
    ]);
    expect(unknown.headers.server).toBeUndefined();
    expect((await h.fetch(`/api/${name}`, basic("kasm_user", "guess"))).status).toBe(401);
  });

  it.each(["PUT", "DELETE", "HEAD", "POST"])("by %s is 405", async (method) => {
    expect((await h.fetch("/api/get_screenshot", owner, method)).status).toBe(405);
  });

  it.each(NAMES.filter((name) => /user$|^clear/.test(name)))(
    "%s changes nothing for a foreign page, although browsers attach the password",
    async (name) => {
      const path = `/api/${name}?name=ada&password=secret-a`;
      for (const foreign of [{ "sec-fetch-site": "cross-site" }, { origin: "https://evil.example" }])
        expect((await h.fetch(path, { ...owner, ...foreign })).status).toBe(403);
      expect((await h.fetch(path, { ...owner, "sec-fetch-site": "same-origin" })).status).not.toBe(403);
    },
  );
});

describe("screenshots", () => {
  it("are answered with a hash while nothing has changed, for the same size and quality", async () => {
    const first = await get("get_screenshot?width=100&deduplicate=true");
    expect(first.type).toBe("image/jpeg");
    const again = await get("get_screenshot?width=100&deduplicate=true");
    expect(again).toMatchObject({
      status: 200,
      type: "text/plain",
      body: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect((await get("get_screenshot?width=100&deduplicate=false")).type).toBe("image/jpeg");
    expect((await get("get_screenshot?width=200&deduplicate=true")).type).toBe("image/jpeg");
    expect((await get("get_screenshot?width=200&deduplicate=true")).body).toBe(again.body);
    show("another desktop");
    expect((await get("get_screenshot?width=200&deduplicate=true")).type).toBe("image/jpeg");
    expect((await get("get_screenshot?width=200&deduplicate=true")).body).not.toBe(again.body);
  });

  it("wait for each other", async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => get("get_screenshot")));
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200));
  });

  it("are complete, however large", async () => {
    show("large");
    const { headers, body } = await h.fetch("/api/get_screenshot");
    expect(body).toHaveLength(Number(headers["content-length"]));
    expect(body.length).toBeGreaterThan(4_000_000);
  });

  it("fail without a display, which is logged, and work again later", async () => {
    rmSync(join(folder, "picture"));
    expect(await get("get_screenshot")).toMatchObject({ status: 503, type: "text/plain" });
    expect(h.events("screenshot.failed")[0]?.message).toContain("picture");
    show("a desktop");
    expect((await get("get_screenshot")).status).toBe(200);
  });

  it("fail without the program, however often", async () => {
    rmSync(join(folder, "screenshot"));
    for (let attempt = 0; attempt < 6; attempt += 1)
      expect((await get("get_screenshot")).body).toContain("there is no display");
    expect(h.events("screenshot.failed")[0]?.message).toContain("ENOENT");
  });

  // An exception of spawn, such as this or a lack of memory, kept its place for ever: after four there were no
  // screenshots.
  it("fail when the program cannot be started, however often", async () => {
    rmSync(join(folder, "screenshot"));
    symlinkSync(join(folder, "picture", "no-folder"), join(folder, "screenshot"));
    for (let attempt = 0; attempt < 6; attempt += 1)
      expect((await get("get_screenshot")).body).toContain("there is no display");
    expect(h.events("screenshot.failed")).toHaveLength(6);
  });

  it("end their program when a client disconnects", async () => {
    show("large");
    for (let visitor = 0; visitor < 8; visitor += 1) {
      const asked = request({
        ...{ host: "127.0.0.1", port: h.port, path: "/api/get_screenshot", headers: owner },
        ...{ rejectUnauthorized: false, agent: false },
      });
      const [response] = await once(asked.end(), "response");
      response.destroy();
    }
    // At most four run at once, so all eight must have ended.
    await eventually(async () => expect((await get("get_screenshot")).status).toBe(200));
  });

  it("are aborted when the display does not answer, and few run at once", async () => {
    await start(1_000);
    show("hang");
    const answers = await Promise.all(Array.from({ length: 40 }, () => get("get_screenshot")));
    expect(answers.map(({ status }) => status)).toEqual(Array(40).fill(503));
    expect(answers.filter(({ body }) => body.includes("too many")).length).toBeGreaterThanOrEqual(4);
    show("a desktop");
    await eventually(async () => expect((await get("get_screenshot")).status).toBe(200));
  });
});

describe("frames", () => {
  const stats = async (client: string) => {
    // The previous connection may still be open.
    await eventually(() => expect(display.watchers()).toBe(0));
    const answer = get(`get_frame_stats?client=${encodeURIComponent(client)}`);
    await eventually(() => expect(display.watchers()).toBe(1));
    display.draw(20, 15);
    const { status, body } = await answer;
    return { status, ...JSON.parse(body) };
  };

  let display: ReturnType<typeof startFakeDisplay>;

  beforeEach(() => {
    display = startFakeDisplay(join(folder, "rfb.sock"), 40, 30);
  });

  afterEach(() => display.close());

  it("are described in KasmVNC's format: size, changed area, the server's CPU time", async () => {
    const { status, frame, server_side, client_side } = await stats("none");
    expect([status, frame]).toEqual([
      200,
      { resx: 40, resy: 30, changed: 25, server_time: expect.any(Number) },
    ]);
    expect(server_side).toEqual([{ process_name: "Encoding_total", time: frame.server_time }]);
    expect(client_side).toEqual([]);
    await eventually(() => expect(display.watchers()).toBe(0));
  });

  it("are described with the requested clients", async () => {
    await Promise.all([look(viewer), look(owner)]);
    const connections = JSON.parse((await get("get_bottleneck_stats")).body);
    const [ownerName = "", viewerName = ""] = ["kasm_user", "kasm_viewer"].flatMap((user) =>
      Object.keys(connections[user]),
    );
    const clients = async (client: string) =>
      (await stats(client)).client_side.map(({ client }: { client: string }) => client).sort();
    expect(await clients("auto")).toEqual([ownerName]);
    expect(await clients("all")).toEqual([ownerName, viewerName].sort());
    expect(await clients(viewerName)).toEqual([viewerName]);
    expect(await clients("nobody")).toEqual([]);
    const [told] = (await stats("auto")).client_side;
    expect(told).toEqual({ client: ownerName, ping: expect.any(Number) });
  });

  it("are waited for by one call at a time, with a timeout", async () => {
    await start(1_000);
    const waiting = get("get_frame_stats?client=none");
    await eventually(() => expect(display.watchers()).toBe(1));
    expect((await get("get_frame_stats?client=none")).status).toBe(400);
    expect(await waiting).toMatchObject({
      status: 503,
      body: expect.stringMatching(/^503 Service Unavailable\n/),
    });
    expect((await stats("none")).status).toBe(200);
  });

  it("are unavailable without a display", async () => {
    display.close();
    expect((await get("get_frame_stats?client=none")).status).toBe(503);
  });
});

describe("the list of connections", () => {
  it("has names and times, for as long as the connections last", async () => {
    const client = await look(viewer);
    await look(owner);
    const sessions = async () => JSON.parse((await get("get_sessions")).body).users;
    expect(await sessions()).toEqual([
      { username: "kasm_viewer", connected_since: expect.stringMatching(TIME) },
      { username: "kasm_user", connected_since: expect.stringMatching(TIME) },
    ]);
    client.close();
    await eventually(async () => expect(await sessions()).toHaveLength(1));
  });

  const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

  it("has four grades up to 10, by user and connection", async () => {
    await Promise.all([look(owner), look(owner)]);
    const { kasm_user, ...others } = JSON.parse((await get("get_bottleneck_stats")).body);
    expect(others).toEqual({});
    const entries = Object.entries(kasm_user as Record<string, number[]>);
    expect(entries).toHaveLength(2);
    for (const [name, figures] of entries) {
      expect(name).toMatch(/^127\.0\.0\.1_\d+\.\d{6}::websocket$/);
      expect(figures).toHaveLength(4);
      for (const figure of figures) expect(0 <= figure && figure <= 10, String(figure)).toBe(true);
      expect(figures.slice(2)).toEqual([10, 10]);
    }
  });
});

describe("users", () => {
  it("are those of the environment at first", async () => {
    expect(await users()).toEqual([OWNER_ENTRY, VIEWER_ENTRY]);
  });

  it("may sign in as soon as they are created, with the role of their rights", async () => {
    await get("create_user?name=ad%C3%A4&password=a+b%26c&read=true&write=true");
    expect(await users()).toContainEqual({ user: "adä", read: true, write: true, owner: false });
    const ada = basic("adä", "a+b&c");
    expect((await h.fetch("/", ada)).status).toBe(200);
    expect((await h.fetch("/api/get_users", ada)).status).toBe(401);
    expect((await h.fetch("/statez", ada)).status).toBe(403);
    const client = await look(ada);
    // A participant's messages are not filtered: the fake display echoes them.
    client.send(Buffer.from("anything"));
    expect(String((await once(client, "message"))[0])).toBe("anything");
    await get("create_user?name=bob&password=b&owner=true");
    expect((await h.fetch("/api/get_users", basic("bob", "b"))).status).toBe(200);
    await get("create_user?name=eve&password=e&read=True");
    expect((await h.fetch("/", basic("eve", "e"))).status).toBe(401);
  });

  it("lose their sessions and connections when they are changed or removed", async () => {
    await get("create_user?name=ada&password=secret-a&write=true");
    const ada = basic("ada", "secret-a");
    const cookie =
      String((await h.fetch("/", { ...ada, accept: "text/html" })).headers["set-cookie"]).split(";")[0] ?? "";
    expect((await h.fetch("/", { cookie })).status).toBe(200);
    const cut = closed(await look(ada));
    const other = await look(owner);
    await get("update_user?name=ada&write=false&read=true");
    await cut;
    expect((await h.fetch("/", { cookie })).status).toBe(401);
    const cutAgain = closed(await look(ada));
    await get("remove_user?name=ada");
    await cutAgain;
    expect((await h.fetch("/", ada)).status).toBe(401);
    expect(await refused(h.open(ada))).toBe(401);
    expect(other.readyState).toBe(other.OPEN);
  });

  it("are added and changed in lists by POST", async () => {
    const list = [
      { user: "ada", password: "secret-a", read: true },
      { user: "bob", password: "secret-b", write: true },
    ];
    expect(await post("create_user", list)).toEqual({ status: 200, body: "200 OK" });
    expect(await post("create_user", [{ user: "ada", password: "other", owner: true }])).toMatchObject({
      status: 200,
    });
    expect(await users()).toContainEqual({ user: "ada", read: false, write: false, owner: true });
    expect((await h.fetch("/", basic("ada", "secret-a"))).status).toBe(401);
    expect((await h.fetch("/", basic("ada", "other"))).status).toBe(200);
    expect(await post("update_user", [{ user: "bob", password: "new", read: true }])).toMatchObject({
      status: 200,
    });
    expect(await users()).toContainEqual({ user: "bob", read: true, write: false, owner: false });
    expect((await h.fetch("/", basic("bob", "new"))).status).toBe(200);
    expect(await post("remove_user", [{ user: "ada" }, { user: "bob" }])).toEqual({
      status: 200,
      body: "200 OK",
    });
    expect(await users()).toEqual([OWNER_ENTRY, VIEWER_ENTRY]);
    expect(await post("remove_user", [])).toMatchObject({ status: 200 });
  });

  it.each([
    ["create_user", "no JSON", 400, "JSON list"],
    ["create_user", { user: "ada" }, 400, "JSON list"],
    ["create_user", ["ada"], 400, "[0]: must be an object"],
    ["create_user", [{ user: "ada" }], 400, "[0].password: is missing"],
    [
      "create_user",
      [{ user: 1, password: "p", write: "yes" }],
      400,
      "[0].user: must be a string\n[0].write: must be",
    ],
    ["create_user", [{ user: "ada", password: "p", admin: true }], 400, "[0].admin: is unknown"],
    ["create_user", [{ user: "kasm_user", password: "p" }], 400, "[0].user: kasm_user cannot"],
    ["update_user", [{ user: "kasm_viewer" }, { user: "nobody" }], 400, "[1].user: there is no such user"],
    ["remove_user", [{ user: "kasm_viewer" }, { user: "nobody" }], 400, "[1].user: there is no such user"],
    ["create_user?name=ada", [{ user: "ada", password: "p", read: true }], 404, "must not have a query"],
    ["create_user", `[{"user":"ada","password":"${"p".repeat(16 * 1024)}"}]`, 400, "more than"],
  ] as const)("POST %s with %j is refused and changes nothing", async (name, body, status, fault) => {
    const before = await users();
    expect(await post(name, body)).toEqual({ status, body: expect.stringContaining(fault) });
    expect(await users()).toEqual(before);
  });

  it("are limited in number", async () => {
    const many = Array.from({ length: 62 }, (_, index) => ({
      user: `user-${index}`,
      password: "p",
      read: true,
    }));
    expect((await post("create_user", many)).status).toBe(200);
    expect(await get("create_user?name=more&password=p")).toMatchObject({
      status: 400,
      body: expect.stringContaining("at most 64 users"),
    });
  });

  it("are logged by name, never with a password", async () => {
    await get("create_user?name=ada&password=secret-a");
    await post("create_user", [{ user: "bob", password: "secret-b" }]);
    await post("create_user", [{ user: "", password: "secret-c" }]);
    await get("remove_user?name=ada");
    expect(h.events("user.created")).toMatchObject([{ user: "ada" }, { user: "bob" }]);
    expect(h.events("user.removed")).toMatchObject([{ user: "ada" }]);
    expect(JSON.stringify(h.memory)).not.toContain("secret-");
  });
});
