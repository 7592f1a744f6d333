import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { connect, createServer } from "node:net";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCrowd } from "../../helpers/crowd.ts";
import { eventually } from "../../helpers/eventually.ts";
import { Inside } from "./harness.ts";

let inside: Inside;

beforeEach(() => {
  inside = new Inside();
});

afterEach(() => inside.close());

const json = async (path: string, method = "GET") => {
  const { status, body } = await inside.ask(path, { method });
  return { status, ...(JSON.parse(body) as object) };
};

describe("launch", () => {
  it("shows an app or a URL, or says why not", async () => {
    await inside.open();
    expect(await json("/launch?app=editor", "POST")).toEqual({ status: 202, app: "editor" });
    expect(await json("/launch?url=https%3A%2F%2Fx", "POST")).toEqual({ status: 202, app: "browser" });
    expect(await json("/launch?url=refused", "POST")).toMatchObject({
      status: 409,
      error: "it is not a URL",
    });
    expect(await json("/launch?app=editor")).toMatchObject({ status: 405 });
    expect(await json("/launch?what=editor", "POST")).toMatchObject({ status: 400 });
  });
});

describe("navigate", () => {
  it("says where a URL was opened, or why not", async () => {
    await inside.open();
    const page = { app: "browser", frameId: "F1" };
    expect(await json("/navigate?url=https%3A%2F%2Fx%2F%3Fa%20b", "POST")).toEqual({ status: 200, ...page });
    expect(await json("/navigate?url=http%3A%2F%2F127.0.0.1%2F", "POST")).toEqual({
      status: 409,
      error: "127.0.0.1 is this container.",
      reason: "loopback",
      fix: "Let it in.",
    });
    expect(await json("/navigate?url=x", "POST")).toEqual({
      status: 409,
      error: "It is early.",
      reason: "starting",
    });
  });

  it("needs a URL, by POST, and nothing else", async () => {
    await inside.open();
    expect(await json("/navigate", "POST")).toEqual({
      status: 400,
      error: "The URL is missing.",
      fix: "Name it: POST /navigate?url=URL",
    });
    expect(await json("/navigate?url=x")).toMatchObject({ status: 405 });
    expect(await json("/navigate?url=x&app=browser", "POST")).toMatchObject({ status: 400 });
    expect(await json("/navigate/x?url=x", "POST")).toMatchObject({ status: 404 });
  });

  // The only asynchronous route: its errors must not be lost, nor end the supervisor.
  it("that throws is answered with 500 and logged, and the next request is answered", async () => {
    inside.supervise();
    inside.listen({ navigate: () => Promise.reject(new Error("out of order")) });
    await eventually(() => expect(inside.events("control.listening")).toHaveLength(1));
    expect(await json("/navigate?url=x", "POST")).toMatchObject({ status: 500 });
    expect(inside.events("control.fault")).toMatchObject([
      { message: expect.stringContaining("out of order") },
    ]);
    expect(await json("/state")).toMatchObject({ status: 200 });
  });
});

describe("the socket", () => {
  it("is only for the container's user, and leaves no other file behind", async () => {
    await inside.open();
    expect(statSync(inside.path).mode & 0o777).toBe(0o600);
    expect(statSync(inside.path).isSocket()).toBe(true);
    expect(readdirSync(dirname(inside.path))).toEqual(["control.sock"]);
  });

  it("replaces one that a killed supervisor left, and is removed when it is closed", async () => {
    const dead = createServer().listen(inside.path);
    await eventually(() => expect(existsSync(inside.path)).toBe(true));
    const stale = statSync(inside.path).ino;
    await inside.open();
    expect(statSync(inside.path).ino).not.toBe(stale);
    expect(await json("/state")).toMatchObject({ status: 200 });
    dead.close();
    await inside.close();
    expect(existsSync(inside.path)).toBe(false);
  });

  it("that cannot be made is logged once with advice, and made as soon as possible", async () => {
    inside.supervise(inside.spec("a", ["stay"]));
    const path = join(inside.folder, "later/control.sock");
    inside.listen({ path });
    await eventually(() => expect(inside.events("control.failed")).toHaveLength(1));
    const [{ message }] = inside.events("control.failed") as [{ message: string }];
    expect(message).toContain("ENOENT");
    expect(message).toContain(`Free space in ${dirname(path)}`);
    await inside.until("a", "ready");
    mkdirSync(dirname(path));
    await eventually(() => expect(existsSync(path)).toBe(true));
    expect(inside.events("control.failed")).toHaveLength(1);
  });

  /** 64 idle connections used to keep kasmixctl out. */
  it("answers in spite of a crowd of idle connections", async () => {
    await inside.open();
    await openCrowd(100, { path: inside.path });
    expect(await json("/state")).toMatchObject({ status: 200 });
  });

  it("with too long a path is logged, too", async () => {
    inside.supervise();
    const folder = join(inside.folder, "x".repeat(120));
    mkdirSync(folder);
    inside.listen({ path: join(folder, "control.sock") });
    await eventually(() => expect(inside.events("control.failed")).toHaveLength(1));
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("GET /state", () => {
  it("shows every service", async () => {
    await inside.open(inside.spec("a", ["stay"]), inside.spec("b", ["exit=3"], { restart: "never" }));
    await inside.until("a", "ready");
    await inside.until("b", "done");
    expect(await json("/state")).toMatchObject({
      phase: "running",
      services: {
        a: { status: "ready", starts: 1, pid: expect.any(Number) },
        b: { status: "done", lastExit: { code: 3 } },
      },
    });
    const { body } = await inside.ask("/state?memory=1");
    expect(JSON.parse(body).services.a.memory).toBeGreaterThan(1024 ** 2);
  });
});

describe("POST /services/NAME/ORDER", () => {
  it("stops, starts and restarts", async () => {
    await inside.open(inside.spec("a", ["stay"]));
    await inside.until("a", "ready");
    expect(await json("/services/a/stop", "POST")).toEqual({ status: "stopping", service: "a", starts: 1 });
    await inside.until("a", "stopped");
    expect(await inside.ask("/services/a/start", { method: "POST" })).toMatchObject({ status: 202 });
    await inside.until("a", "ready");
    await inside.ask("/services/a/restart", { method: "POST" });
    await eventually(() => expect(inside.report().services.a).toMatchObject({ status: "ready", starts: 3 }));
  });

  it("refuses an impossible order with 409 and the reason", async () => {
    await inside.open(inside.spec("a", ["stay"]));
    await inside.until("a", "ready");
    expect(await json("/services/a/start", "POST")).toEqual({
      status: 409,
      error: "Cannot start a: a is already running.",
      fix: expect.stringContaining("kasmixctl status"),
    });
  });

  it.each([
    { name: "desktpo", fix: "Did you mean desktop?" },
    { name: "zzz", fix: "The services are: desktop, sound." },
    { name: "constructor", fix: "The services are: desktop, sound." },
    { name: "%2e%2e%2fstate", fix: "The services are: desktop, sound." },
  ])("refuses the unknown service $name, with a suggestion", async ({ name, fix }) => {
    await inside.open(inside.spec("desktop", ["stay"]), inside.spec("sound", ["stay"]));
    expect(await json(`/services/${name}/restart`, "POST")).toEqual({
      status: 404,
      error: `There is no service "${decodeURIComponent(name)}".`,
      fix,
    });
  });
});

describe("GET /journal", () => {
  const lines = async (query: string) => {
    const { status, body } = await inside.ask(`/journal${query}`);
    expect(status).toBe(200);
    return body
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { event?: string; service?: string; line?: string });
  };

  it("selects lines by service and kind, the newest last", async () => {
    await inside.open(
      inside.spec("a", ["print=one", "print=two", "stay"]),
      inside.spec("b", ["print=three", "stay"]),
    );
    await eventually(async () => expect(await lines("?kind=output")).toHaveLength(3));
    expect((await lines("?service=a&kind=output")).map(({ line }) => line)).toEqual(["one", "two"]);
    expect((await lines("?service=a&kind=output&tail=1")).map(({ line }) => line)).toEqual(["two"]);
    expect(await lines("?service=a&tail=0")).toEqual([]);
    const events = await lines("?service=b&kind=events");
    expect(events.map(({ event }) => event)).toContain("service");
    expect(new Set(events.map(({ service }) => service))).toEqual(new Set(["b"]));
    expect((await lines("")).length).toBeGreaterThanOrEqual(3 + events.length);
  });
});

describe("an invalid request", () => {
  it.each([
    { path: "/", status: 404, error: "There is no /." },
    { path: "/states", status: 404, error: "There is no /states." },
    { path: "/services/a", method: "POST", status: 404, error: "There is no /services/a." },
    { path: "/services/a/kill", method: "POST", status: 404, error: "There is no /services/a/kill." },
    { path: "/services/a/stop/now", method: "POST", status: 404, error: "There is no /services/a/stop/now." },
    { path: "/services/a/stop", status: 405, error: "GET is not for this address." },
    { path: "/state", method: "POST", status: 405, error: "POST is not for this address." },
    { path: "/state?verbose=1", status: 400, error: 'There is no parameter "verbose".' },
    { path: "/state?memory=yes", status: 400, error: 'memory is "yes".' },
    { path: "/journal?tail=-1", status: 400, error: 'tail is "-1".' },
    { path: "/journal?kind=all", status: 400, error: 'kind is "all".' },
    { path: "/journal?service=zzz", status: 404, error: 'There is no service "zzz".' },
    {
      path: "/services/%zz/stop",
      method: "POST",
      status: 400,
      error: "The address of the request is not valid.",
    },
    {
      path: "/services/a/stop",
      method: "POST",
      body: "x",
      status: 413,
      error: "A request has no body here.",
    },
  ])("is refused: $method $path", async ({ path, method = "GET", status, error, body = "" }) => {
    await inside.open(inside.spec("a", ["stay"]));
    const answer = await inside.ask(path, { method, body });
    expect(answer.status).toBe(status);
    expect(answer.headers["content-type"]).toBe("application/json");
    expect(JSON.parse(answer.body).error).toContain(error);
    expect(inside.report().services.a?.starts).toBe(1);
  });

  it("that fails in the supervisor is answered with 500 and logged, and the next one is answered", async () => {
    inside.supervise();
    let broken = true;
    const report = () => {
      if (broken) throw new Error("out of order");
      return inside.report();
    };
    inside.listen({ report });
    await eventually(() => expect(inside.events("control.listening")).toHaveLength(1));
    expect(await inside.ask("/state")).toMatchObject({ status: 500 });
    const message = expect.stringContaining("out of order");
    expect(inside.events("control.fault")).toMatchObject([{ message }]);
    broken = false;
    expect(await inside.ask("/state")).toMatchObject({ status: 200 });
  });
});

it("survives clients that do not speak HTTP", async () => {
  await inside.open();
  for (const garbage of ["\u0000\u0001\n\n", "GET / HTTP/9.9\r\n\r\n", `GET /${"x".repeat(100_000)}`]) {
    const client = connect(inside.path);
    client.on("error", () => {});
    client.resume().write(garbage);
    await once(client, "close");
  }
  expect(await inside.ask("/state")).toMatchObject({ status: 200 });
});
