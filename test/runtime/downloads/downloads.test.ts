import { execFile, execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSideServices } from "../../../src/runtime/side/open.ts";
import { sidePorts } from "../../../src/runtime/side/ports.ts";
import { eventually } from "../../helpers/eventually.ts";
import { OWNER, VIEWER } from "../gateway/harness.ts";
import { ask, openWorld, sha256, type World } from "../uploads/harness.ts";

const run = promisify(execFile);

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const get = (path: string, headers: Record<string, string> = {}) => ask(world, { path, headers });
const put = (path: string, content: string | Buffer) => {
  const where = join(world.home, path);
  mkdirSync(join(where, ".."), { recursive: true });
  writeFileSync(where, content);
};

describe("a file", () => {
  it("is sent with its name, never as a page of this origin", async () => {
    put("Documents/100% „Straße“ (1)'s.html", "<script>alert(1)</script>");
    const { status, headers, body } = await get(
      `/files/Documents/${encodeURIComponent("100% „Straße“ (1)'s.html")}`,
    );
    expect([status, body.toString()]).toEqual([200, "<script>alert(1)</script>"]);
    expect(headers).toMatchObject({
      "content-type": "application/octet-stream",
      "x-content-type-options": "nosniff",
      "accept-ranges": "bytes",
      "content-disposition":
        "attachment; filename=\"100_ _Stra_e_ (1)'s.html\"; filename*=UTF-8''100%25%20%E2%80%9EStra%C3%9Fe%E2%80%9C%20%281%29%27s.html",
    });
  });

  it("is sent in ranges, which fit together", async () => {
    const content = randomBytes(1_000_000);
    put("big.bin", content);
    const [first, rest, last] = await Promise.all(
      ["bytes=0-399999", "bytes=400000-", "bytes=-10"].map((range) => get("/files/big.bin", { range })),
    );
    expect([first?.status, first?.headers["content-range"]]).toEqual([206, "bytes 0-399999/1000000"]);
    expect(rest?.headers["content-range"]).toBe("bytes 400000-999999/1000000");
    expect(last?.body).toEqual(content.subarray(-10));
    expect(sha256(Buffer.concat([first?.body ?? Buffer.of(), rest?.body ?? Buffer.of()]))).toBe(
      sha256(content),
    );
    const beyond = await get("/files/big.bin", { range: "bytes=1000000-" });
    expect([beyond.status, beyond.headers["content-range"]]).toEqual([416, "bytes */1000000"]);
    for (const range of ["bytes=0-1,5-6", "lines=1-2", "bytes=9-5", "bytes=-", "x"])
      expect(await get("/files/big.bin", { range })).toMatchObject({ status: 200 });
  });

  it("that has changed is sent whole to a client that asks for the rest of the old version", async () => {
    put("a.txt", "0123456789");
    const { etag = "", "last-modified": date = "" } = (await get("/files/a.txt")).headers;
    const rest = (condition: string) => get("/files/a.txt", { range: "bytes=5-", "if-range": condition });
    expect((await rest(etag)).body.toString()).toBe("56789");
    expect((await rest(date)).status).toBe(206);
    expect((await rest('"other"')).status).toBe(200);
    put("a.txt", "abcdefghij");
    utimesSync(join(world.home, "a.txt"), 1, 1);
    expect((await rest(etag)).body.toString()).toBe("abcdefghij");
    expect((await rest(date)).status).toBe(200);
  });

  it("that is empty, or requested by HEAD, has no body", async () => {
    put("empty", "");
    put("a.txt", "hello");
    expect(await get("/files/empty")).toMatchObject({ status: 200, headers: { "content-length": "0" } });
    expect(await get("/files/empty", { range: "bytes=0-" })).toMatchObject({ status: 416 });
    const head = await ask(world, { method: "HEAD", path: "/files/a.txt" });
    expect([head.status, head.headers["content-length"], head.body.length]).toEqual([200, "5", 0]);
  });

  it("that is truncated while it is sent does not look complete", async () => {
    put("big.bin", Buffer.alloc(50_000_000));
    const broken = new Promise<string>((resolve) => {
      const asked = request(
        {
          host: "127.0.0.1",
          port: world.port,
          path: "/files/big.bin",
          agent: false,
          rejectUnauthorized: false,
          headers: { authorization: OWNER },
        },
        (response) => {
          truncateSync(join(world.home, "big.bin"), 1000);
          response.on("error", (error) => resolve((error as NodeJS.ErrnoException).code ?? ""));
          response.on("end", () => resolve("whole")).resume();
        },
      );
      asked.end();
    });
    expect(await broken).toBe("ECONNRESET");
  });
});

describe("a folder", () => {
  const unpack = async (path: string) => {
    const { status, headers, body } = await get(path);
    expect(status).toBe(200);
    const archive = join(world.outside, "archive.zip");
    writeFileSync(archive, body);
    await run("unzip", ["-q", "-o", archive, "-d", join(world.outside, "unpacked")]);
    return headers;
  };
  const unpacked = (path: string) => join(world.outside, "unpacked", path);

  it("is sent as an archive: files, empty folders, unusual names", async () => {
    const big = randomBytes(3_000_000);
    put("Projekt ü/big.bin", big);
    put("Projekt ü/deep/er/x.txt", "x");
    put("Projekt ü/empty.txt", "");
    put("Projekt ü/back\\slash", "b");
    mkdirSync(join(world.home, "Projekt ü/nothing"));
    const headers = await unpack(`/files/${encodeURIComponent("Projekt ü")}`);
    expect(headers).toMatchObject({
      "content-type": "application/zip",
      "content-disposition": "attachment; filename=\"Projekt _.zip\"; filename*=UTF-8''Projekt%20%C3%BC.zip",
    });
    expect(headers["content-length"]).toBeUndefined();
    expect(sha256(readFileSync(unpacked("Projekt ü/big.bin")))).toBe(sha256(big));
    expect(readFileSync(unpacked("Projekt ü/deep/er/x.txt"), "utf8")).toBe("x");
    expect(readdirSync(unpacked("Projekt ü")).sort()).toEqual([
      "back_slash",
      "big.bin",
      "deep",
      "empty.txt",
      "nothing",
    ]);
  });

  it("is sent without links and pipes, and with a list of what is left out", async () => {
    put("d/a.txt", "a");
    writeFileSync(join(world.outside, "secret"), "s");
    symlinkSync(join(world.outside, "secret"), join(world.home, "d/link"));
    symlinkSync(world.outside, join(world.home, "d/linked-folder"));
    execFileSync("mkfifo", [join(world.home, "d/pipe")]);
    await unpack("/files/d");
    expect(readdirSync(unpacked("d"))).toEqual(["a.txt"]);
    expect(readFileSync(unpacked("NOT-INCLUDED.txt"), "utf8")).toBe(
      "d/link: a link\nd/linked-folder: a link\nd/pipe: neither a file nor a folder\n",
    );
  });

  it("whose download is aborted leaves no file open", async () => {
    for (let count = 0; count < 40; count++) put(`d/${count}`, randomBytes(1_000_000));
    await new Promise<void>((resolve) => {
      const asked = request(
        {
          host: "127.0.0.1",
          port: world.port,
          path: "/files/d",
          agent: false,
          rejectUnauthorized: false,
          headers: { authorization: OWNER },
        },
        (response) => {
          response.once("data", () => {
            response.destroy();
            resolve();
          });
        },
      );
      asked.on("error", () => {}).end();
    });
    const open = () =>
      readdirSync("/proc/self/fd")
        .map(linkOf)
        .filter((path) => path.startsWith(join(world.home, "d")));
    await eventually(() => expect(open()).toEqual([]));
    expect(world.memory.events("downloads.failed")).toEqual([]);
  });

  it("is listed, with the targets of links within the home", async () => {
    put("d/b.txt", "hello");
    mkdirSync(join(world.home, "d/sub"));
    symlinkSync("b.txt", join(world.home, "d/inner"));
    symlinkSync("sub", join(world.home, "d/inner-folder"));
    symlinkSync("/etc/passwd", join(world.home, "d/outer"));
    utimesSync(join(world.home, "d/b.txt"), 100, 100);
    const { entries, more } = JSON.parse((await get("/api/files/d")).body.toString());
    expect(more).toBe(false);
    const told = entries.map(({ name, type, size }: Record<string, unknown>) => [name, type, size]);
    expect(told).toEqual([
      ["b.txt", "file", 5],
      ["inner", "file", 5],
      ["inner-folder", "folder", 0],
      ["outer", "other", 0],
      ["sub", "folder", 0],
    ]);
    expect(entries[0].modified).toBe(100_000);
    expect((await get("/api/files/d/b.txt")).status).toBe(404);
    expect((await get("/api/files/")).status).toBe(200);
  });
});

describe("a file outside the home", () => {
  it.each([
    "/files/../outside/secret",
    "/files/%2e%2e/outside/secret",
    "/files/..%2foutside%2fsecret",
    "/files/d/../../outside/secret",
    "/files//etc/passwd",
    "/files/link",
    "/files/folder/secret",
    "/api/files/folder",
    "/files/pipe",
    "/files/a.txt/x",
    "/Downloads/Downloads/../../a.txt",
    "/Downloads/Downloads/%2e%2e/a.txt",
  ])("is not sent for %s", async (path) => {
    put("a.txt", "a");
    writeFileSync(join(world.outside, "secret"), "s");
    symlinkSync(join(world.outside, "secret"), join(world.home, "link"));
    symlinkSync(world.outside, join(world.home, "folder"));
    execFileSync("mkfifo", [join(world.home, "pipe")]);
    expect((await get(path)).status).toBe(404);
  });

  // KasmVNC's addresses followed the link anywhere.
  it("is not sent when ~/Downloads is a link", async () => {
    writeFileSync(join(world.outside, "secret"), "s");
    rmSync(join(world.home, "Downloads"), { recursive: true });
    symlinkSync(world.outside, join(world.home, "Downloads"));
    expect((await get("/Downloads/Downloads/secret")).status).toBe(404);
    expect((await get("/api/downloads")).status).toBe(400);
    rmSync(join(world.home, "Downloads"));
    put("elsewhere/a.txt", "a");
    symlinkSync("elsewhere", join(world.home, "Downloads"));
    expect((await get("/Downloads/Downloads/a.txt")).body.toString()).toBe("a");
  });

  it("is not read with any path and any links", async () => {
    writeFileSync(join(world.outside, "secret"), "SECRET");
    mkdirSync(join(world.home, "d"));
    const links = {
      "d/out": world.outside,
      "d/up": "../..",
      root: "/",
      self: ".",
      file: "../outside/secret",
      passwd: "/etc/passwd",
    };
    for (const [name, target] of Object.entries(links)) symlinkSync(target, join(world.home, name));
    const part = fc.oneof(
      fc.constantFrom(
        "d",
        "out",
        "up",
        "root",
        "self",
        "file",
        "passwd",
        "..",
        ".",
        "",
        "outside",
        "secret",
        "etc",
        "home",
      ),
      fc.string({ unit: "grapheme", maxLength: 5 }),
    );
    const base = fc.constantFrom("/files/", "/api/files/", "/Downloads/Downloads/", "/api/downloads?path=");
    const encode = fc.constantFrom(encodeURIComponent, (text: string) =>
      text.replaceAll("..", "%2e%2E").replace(/[^\w.%/-]/gu, encodeURIComponent),
    );
    await fc.assert(
      fc.asyncProperty(base, fc.array(part, { maxLength: 6 }), encode, async (prefix, parts, code) => {
        const { status, body } = await get(`${prefix}${parts.map(code).join("/")}`);
        expect([200, 400, 404]).toContain(status);
        expect(body.includes("SECRET") || body.includes("root:x:0") || body.includes("vmlinuz")).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

describe("KasmVNC's address", () => {
  it("/api/downloads lists ~/Downloads and its folders", async () => {
    put("Downloads/a.txt", "hello");
    put("Downloads/sub/b.txt", "b");
    chmodSync(join(world.home, "Downloads/a.txt"), 0o640);
    utimesSync(join(world.home, "Downloads/a.txt"), 100, 100);
    const { status, body } = await get("/api/downloads");
    expect(status).toBe(200);
    const { files } = JSON.parse(body.toString());
    expect(files).toEqual([
      {
        ...{
          filename: "a.txt",
          date_modified: 100,
          date_created: expect.any(Number),
          is_dir: false,
          size: 5,
        },
        ...{ owner: expect.stringMatching(/^\w/), group: expect.any(String), perms: "640" },
      },
      expect.objectContaining({ filename: "sub", is_dir: true, size: 0, perms: "755" }),
    ]);
    expect(JSON.parse((await get("/api/downloads?path=sub")).body.toString()).files).toMatchObject([
      { filename: "b.txt" },
    ]);
    for (const path of ["../", "nothing", "a.txt", "..%2f"]) {
      const answer = await get(`/api/downloads?path=${path}`);
      expect([answer.status, answer.body.toString()]).toEqual([400, "400 Bad Request"]);
    }
  });

  // Each request of the platform was logged as a fault.
  it("/api/downloads answers 400 without ~/Downloads", async () => {
    rmSync(join(world.home, "Downloads"), { recursive: true });
    expect((await get("/api/downloads")).status).toBe(400);
    expect((await get("/Downloads/Downloads/a.txt")).status).toBe(404);
    expect(world.memory.events("downloads.failed")).toEqual([]);
  });

  it("/Downloads/Downloads/ serves the files", async () => {
    put("Downloads/sub/b.txt", "b");
    expect((await get("/Downloads/Downloads/sub/b.txt")).body.toString()).toBe("b");
  });
});

describe("downloading", () => {
  it("is for the owner only", async () => {
    put("Downloads/a.txt", "hello");
    for (const path of [
      "/files/Downloads/a.txt",
      "/api/files/",
      "/api/downloads",
      "/Downloads/Downloads/a.txt",
    ]) {
      expect((await get(path)).status).toBe(200);
      // KasmVNC's own address answers as KasmVNC does.
      const forbidden = path === "/api/downloads" ? 401 : 403;
      expect((await get(path, { authorization: VIEWER })).status).toBe(forbidden);
      expect((await get(path, { authorization: "Basic eDp5" })).status).toBe(401);
      // Resets the count of wrong passwords, which would cause a pause.
      await get(path);
    }
    const told = async (authorization: string) =>
      Object.keys(JSON.parse((await get("/api/services", { authorization })).body.toString()));
    expect(await told(OWNER)).toEqual(["uploads", "downloads"]);
    expect(await told(VIEWER)).toEqual([]);
  });

  it("and uploading can be switched off", () => {
    const { log } = world.harness;
    const names = (environment: NodeJS.ProcessEnv) => {
      const options = {
        environment,
        directories: { home: world.home, runtime: world.home },
        ports: sidePorts({}, log),
        log,
      };
      const services = openSideServices(options);
      for (const service of services) service.close();
      return services.map(({ name }) => name);
    };
    expect(names({ KASM_SVC_UPLOADS: "0" })).not.toContain("uploads");
    expect(names({ KASM_SVC_UPLOADS: "0" })).toContain("downloads");
    expect(names({ KASM_SVC_DOWNLOADS: "0" })).not.toContain("downloads");
  });
});

describe("the folder", () => {
  it("is created with a link on the desktop", () => {
    expect(readlinkSync(join(world.home, "Desktop/Downloads"))).toBe(join(world.home, "Downloads"));
  });

  it("may change while it is sent: an archive has a growing log with its initial size", async () => {
    put("d/log", "x".repeat(500_000));
    let writing = true;
    const write = async () => {
      while (writing) {
        appendFileSync(join(world.home, "d/log"), "x".repeat(1000));
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const written = write();
    const { body } = await get("/files/d");
    writing = false;
    await written;
    writeFileSync(join(world.outside, "archive.zip"), body);
    await run("unzip", ["-t", join(world.outside, "archive.zip")]);
  });
});

function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return "";
  }
}
