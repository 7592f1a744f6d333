import { randomBytes } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { DefaultHttpStack, Upload } from "tus-js-client";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { Store } from "../../../src/runtime/uploads/store.ts";
import { eventually } from "../../helpers/eventually.ts";
import { OWNER, VIEWER } from "../gateway/harness.ts";
import {
  append,
  ask,
  begin,
  cancel,
  openWorld,
  savedAs,
  sha256,
  tell,
  treeOf,
  upload,
  type World,
  wish,
} from "./harness.ts";

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const uploaded = (name: string) => readFileSync(join(world.uploads, name));
const unfinished = () => readdirSync(join(world.uploads, ".kasmix-uploads"));

describe("an upload", () => {
  it("is created, continued, and moved to ~/Uploads with the last byte", async () => {
    const path = await begin(world, "report.pdf", 10);
    expect((await append(world, path, 0, "01234")).headers["upload-offset"]).toBe("5");
    expect(existsSync(join(world.uploads, "report.pdf"))).toBe(false);
    const { headers } = await tell(world, path);
    expect([headers["upload-offset"], headers["upload-length"], headers["cache-control"]]).toEqual([
      "5",
      "10",
      "no-store",
    ]);
    const last = await append(world, path, 5, "56789");
    expect([last.status, last.headers["upload-offset"], savedAs(last)]).toEqual([204, "10", "report.pdf"]);
    expect(uploaded("report.pdf").toString()).toBe("0123456789");
    expect(statSync(join(world.uploads, "report.pdf")).mode & 0o777).toBe(0o644);
    expect(unfinished()).toEqual([]);
    // A sender that has lost the answer asks again.
    expect(savedAs(await tell(world, path))).toBe("report.pdf");
  });

  it("of a small file is one request; an empty file needs no body", async () => {
    const { status, headers } = await upload(world, "a.txt", "hello");
    expect([status, headers["upload-offset"]]).toEqual([201, "5"]);
    expect(uploaded("a.txt").toString()).toBe("hello");
    expect((await upload(world, "empty", "")).status).toBe(201);
    expect(uploaded("empty")).toHaveLength(0);
    expect(unfinished()).toEqual([]);
  });

  it("never replaces a file: it gets a number, and the answer says so", async () => {
    for (const name of ["report.pdf", "report (1).pdf", "report (2).pdf"]) {
      expect(savedAs(await upload(world, "report.pdf", name))).toBe(name);
      expect(uploaded(name).toString()).toBe(name);
    }
    expect(savedAs(await upload(world, "x.tar.gz", ""))).toBe("x.tar.gz");
    expect(savedAs(await upload(world, "x.tar.gz", ""))).toBe("x (1).tar.gz");
    expect(savedAs(await upload(world, ".hidden", ""))).toBe(".hidden");
    expect(savedAs(await upload(world, ".hidden", ""))).toBe(".hidden (1)");
  });

  it("of many files with the same name at once loses none", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => upload(world, "same", String(n))));
    expect(new Set(answers.map(savedAs)).size).toBe(20);
    const contents = answers.map((answer) => uploaded(savedAs(answer)).toString());
    expect(contents).toEqual(Array.from({ length: 20 }, (_, n) => String(n)));
  });

  it("that is sent again with the same key after a lost answer is stored once", async () => {
    const first = await upload(world, "a.txt", "once", { key: "k1" });
    const again = await upload(world, "a.txt", "once", { key: "k1" });
    expect([savedAs(first), savedAs(again), again.headers["upload-offset"]]).toEqual(["a.txt", "a.txt", "4"]);
    expect(savedAs(await upload(world, "a.txt", "once", { key: "k2" }))).toBe("a (1).txt");
  });

  it("of a folder creates its folders, with a number when something else has the name", async () => {
    writeFileSync(join(world.uploads, "b"), "a file");
    symlinkSync(world.outside, join(world.uploads, "c"));
    expect(savedAs(await upload(world, "x.txt", "1", { relativePath: "a/deep/x.txt" }))).toBe("a/deep/x.txt");
    expect(savedAs(await upload(world, "y.txt", "2", { relativePath: "a/deep/y.txt" }))).toBe("a/deep/y.txt");
    expect(savedAs(await upload(world, "x.txt", "3", { relativePath: "b/x.txt" }))).toBe("b (1)/x.txt");
    expect(savedAs(await upload(world, "x.txt", "4", { relativePath: "c/x.txt" }))).toBe("c (1)/x.txt");
    expect(savedAs(await upload(world, "z.txt", "5", { relativePath: "null" }))).toBe("z.txt");
    expect(treeOf(world.outside)).toEqual([]);
  });

  it("can be cancelled", async () => {
    const path = await begin(world, "a", 10);
    await append(world, path, 0, "123");
    expect((await cancel(world, path)).status).toBe(204);
    expect((await tell(world, path)).status).toBe(404);
    expect(unfinished()).toEqual([]);
  });

  it("survives a restart of the container", async () => {
    const path = await begin(world, "a", 6);
    await append(world, path, 0, "123");
    world = await world.restart();
    expect((await tell(world, path)).headers["upload-offset"]).toBe("3");
    expect(savedAs(await append(world, path, 3, "456"))).toBe("a");
    expect(uploaded("a").toString()).toBe("123456");
  });

  // A container killed between the last byte and the move to ~/Uploads left the file hidden for ever.
  it("whose move was interrupted is moved at the next request", async () => {
    const path = await begin(world, "a", 6);
    writeFileSync(join(world.uploads, ".kasmix-uploads", `${path.slice(-32)}.part`), "123456");
    expect(savedAs(await tell(world, path))).toBe("a");
    expect(uploaded("a").toString()).toBe("123456");
  });

  // Each request moved the file itself, and all but one failed.
  it("whose move was interrupted is moved once for concurrent requests", async () => {
    const path = await begin(world, "a", 6);
    writeFileSync(join(world.uploads, ".kasmix-uploads", `${path.slice(-32)}.part`), "123456");
    const answers = await Promise.all(Array.from({ length: 8 }, () => tell(world, path)));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(answers.map(savedAs)).toEqual(Array(8).fill("a"));
    expect(treeOf(world.uploads)).toEqual([".kasmix-uploads", "a"]);
  });

  // It was looked for where it no longer was, and a complete upload was said not to exist.
  it("is found by a request that looks for it while another one moves it", async () => {
    const { find } = Store.prototype;
    const path = await begin(world, "a", 6);
    let moved: Promise<unknown> = Promise.resolve();
    const finding = vi.spyOn(Store.prototype, "find").mockImplementationOnce(async function (
      this: Store,
      id,
    ) {
      moved = append(world, path, 0, "123456");
      await moved;
      return find.call(this, id);
    });
    onTestFinished(() => finding.mockRestore());
    expect(savedAs(await tell(world, path))).toBe("a");
    await moved;
  });

  // During the move the upload did not exist: a sender that had lost its connection then sent the whole file again.
  it("that is being moved makes other requests wait", async () => {
    const { finish } = Store.prototype;
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const placing = vi.spyOn(Store.prototype, "finish").mockImplementation(async function (
      this: Store,
      ...step
    ) {
      const names = await finish.apply(this, step);
      await gate;
      return names;
    });
    onTestFinished(() => placing.mockRestore());
    const path = await begin(world, "a", 6);
    const sent = append(world, path, 0, "123456");
    await eventually(() => expect(placing).toHaveBeenCalled());
    const asked = tell(world, path);
    // When later requests are answered, this one has arrived too.
    for (let other = 0; other < 3; other += 1) await ask(world, { path: "/healthz" });
    open();
    expect(savedAs(await asked)).toBe("a");
    expect((await sent).status).toBe(204);
  });

  it("that is abandoned for a day is removed, and others are not", async () => {
    const [old, young] = [await begin(world, "old", 5), await begin(world, "young", 5)];
    const folder = join(world.uploads, ".kasmix-uploads");
    const before = new Date(Date.now() - 25 * 3600 * 1000);
    for (const name of readdirSync(folder))
      if (old.includes(name.slice(0, 32))) utimesSync(join(folder, name), before, before);
    for (const name of [".x.uploading", ".y.uploading", "kept.txt"])
      writeFileSync(join(world.uploads, name), "");
    for (const name of [".x.uploading", "kept.txt"]) utimesSync(join(world.uploads, name), before, before);
    world = await world.restart();
    await eventually(async () => expect((await tell(world, old)).status).toBe(404));
    expect((await tell(world, young)).status).toBe(200);
    await eventually(() =>
      expect(readdirSync(world.uploads).sort()).toEqual([".kasmix-uploads", ".y.uploading", "kept.txt"]),
    );
  });
});

describe("a connection that breaks", () => {
  /** Sends the head of a PATCH and only the first bytes of its body. */
  function sendPart(path: string, body: Buffer, length: number) {
    const head = [
      `PATCH ${path} HTTP/1.1`,
      ...["Host: x", `Authorization: ${OWNER}`, "Tus-Resumable: 1.0.0", "Upload-Offset: 0"],
      ...["Content-Type: application/offset+octet-stream", `Content-Length: ${length}`, "", ""],
    ];
    const socket = connect({ port: world.port, rejectUnauthorized: false }, () => {
      socket.write(head.join("\r\n"));
      socket.write(body);
    });
    socket.on("error", () => {});
    return socket;
  }
  const content = randomBytes(20_000_000);
  const arrived = (path: string) =>
    eventually(() => {
      const { size } = statSync(join(world.uploads, ".kasmix-uploads", `${path.slice(-32)}.part`));
      expect(size).toBeGreaterThan(7_900_000);
    });

  it("keeps what has arrived, and the rest follows", async () => {
    const path = await begin(world, "big.bin", content.length);
    const socket = sendPart(path, content.subarray(0, 8_000_000), content.length);
    await arrived(path);
    socket.destroy();
    const { headers } = await tell(world, path);
    const offset = Number(headers["upload-offset"]);
    expect(offset).toBeGreaterThan(7_000_000);
    expect(offset).toBeLessThanOrEqual(8_000_000);
    expect((await append(world, path, offset, content.subarray(offset))).status).toBe(204);
    expect(sha256(uploaded("big.bin"))).toBe(sha256(content));
  });

  it("silently does not lock the upload: the newer connection wins", async () => {
    const path = await begin(world, "big.bin", content.length);
    const stalled = sendPart(path, content.subarray(0, 8_000_000), content.length);
    await arrived(path);
    const offset = Number((await tell(world, path)).headers["upload-offset"]);
    expect((await append(world, path, offset, content.subarray(offset))).status).toBe(204);
    expect(sha256(uploaded("big.bin"))).toBe(sha256(content));
    stalled.destroy();
  });

  it("in the only request of a small file leaves nothing behind", async () => {
    const headers = Object.entries(wish("a", 1000)).map(([name, value]) => `${name}: ${value}`);
    const socket = connect({ port: world.port, rejectUnauthorized: false }, () => {
      const head = ["POST /api/uploads HTTP/1.1", "Host: x", `Authorization: ${OWNER}`, ...headers];
      socket.write(`${[...head, "Content-Length: 1000", "", ""].join("\r\n")}only this`);
    });
    socket.on("error", () => {});
    await eventually(() => expect(unfinished()).toHaveLength(1));
    socket.destroy();
    await eventually(() => expect(unfinished()).toEqual([]));
    expect(world.memory.events("uploads.failed")).toEqual([]);
  });
});

describe("a refusal", () => {
  const post = (headers: Record<string, string | number>) =>
    ask(world, { method: "POST", path: "/api/uploads", headers: { ...wish("a", 5), ...headers } });

  it("has the protocol's status", async () => {
    const path = await begin(world, "a", 5);
    expect(await ask(world, { method: "HEAD", path })).toMatchObject({
      status: 412,
      headers: { "tus-version": "1.0.0" },
    });
    expect((await append(world, path, 3, "45")).status).toBe(409);
    expect((await append(world, path, 0, "123456")).status).toBe(413);
    const plain = { "tus-resumable": "1.0.0", "upload-offset": 0, "content-type": "text/plain" };
    expect((await ask(world, { method: "PATCH", path, headers: plain, body: "12345" })).status).toBe(415);
    expect((await tell(world, `/api/uploads/${"0".repeat(32)}`)).status).toBe(404);
    expect((await tell(world, "/api/uploads/..%2f..%2fx")).status).toBe(404);
    expect((await ask(world, { path })).status).toBe(405);
    const { headers } = await ask(world, { method: "OPTIONS", path: "/api/uploads" });
    expect([headers["tus-version"], headers["tus-extension"], headers["tus-max-size"]]).toEqual([
      "1.0.0",
      "creation,creation-with-upload,termination",
      undefined,
    ]);
  });

  it.each([
    ["upload-length", "x"],
    ["upload-length", "-1"],
    ["upload-length", "99999999999999999999"],
    ["upload-defer-length", "1"],
    ["upload-metadata", ""],
    ["upload-metadata", "filename"],
    ["upload-metadata", `filename ${Buffer.from([0xff, 0xfe]).toString("base64")}`],
  ])("is the answer to %s: %s", async (name, value) => {
    expect((await post({ [name]: value })).status).toBe(400);
    expect(treeOf(world.uploads).filter((path) => path !== ".kasmix-uploads")).toEqual([]);
  });

  it("is the answer to more bytes than announced, also without a Content-Length", async () => {
    const path = await begin(world, "a", 5);
    const headers = {
      "tus-resumable": "1.0.0",
      "upload-offset": 0,
      "content-type": "application/offset+octet-stream",
      "transfer-encoding": "chunked",
    };
    expect((await ask(world, { method: "PATCH", path, headers, body: "123456" })).status).toBe(413);
  });

  it("because of the limit or the free space comes before a byte is sent", async () => {
    world.close();
    world = await openWorld({ KASMIX_UPLOAD_LIMIT: "1KiB" });
    expect((await post({ "upload-length": 1024 })).status).toBe(201);
    const { status, body } = await post({ "upload-length": 1025 });
    expect([status, body.toString()]).toEqual([413, "larger than the limit of 1024 bytes"]);
    const { headers } = await ask(world, { method: "OPTIONS", path: "/api/uploads" });
    expect(headers["tus-max-size"]).toBe("1024");
    const services = JSON.parse((await ask(world, { path: "/api/services" })).body.toString());
    expect(services.uploads).toEqual({ limit: 1024 });
    world.close();
    world = await openWorld();
    const full = await post({ "upload-length": 2 ** 52 });
    expect([full.status, full.body.toString()]).toEqual([
      507,
      expect.stringMatching(/^not enough space: \d+ bytes are free$/),
    ]);
    expect(unfinished()).toEqual([]);
  });

  it("is the answer when ~/Uploads is a link, and nothing is written through it", async () => {
    rmSync(world.uploads, { recursive: true });
    symlinkSync(world.outside, world.uploads);
    const { status, body } = await upload(world, "a", "hello");
    expect([status, body.toString()]).toEqual([500, "~/Uploads is not a writable directory"]);
    expect(treeOf(world.outside)).toEqual([]);
    expect(world.memory.events("uploads.failed")).toHaveLength(1);
  });
});

describe("uploading", () => {
  it("is for the owner, from the desktop's own pages", async () => {
    const path = await begin(world, "a", 5);
    const everything = [
      ["POST", "/api/uploads"],
      ["HEAD", path],
      ["PATCH", path],
      ["DELETE", path],
      ["OPTIONS", path],
    ] as const;
    for (const [method, where] of everything) {
      const as = (headers: Record<string, string>) => ask(world, { method, path: where, headers });
      expect((await as({ authorization: VIEWER })).status).toBe(403);
      if (method !== "HEAD") expect((await as({ origin: "https://evil.example" })).status).toBe(403);
    }
    for (const [method, where] of everything.slice(0, 3))
      expect(
        (await ask(world, { method, path: where, headers: { authorization: "Basic eDp5" } })).status,
      ).toBe(401);
    expect((await tell(world, path)).headers["upload-offset"]).toBe("0");
  });
});

describe("the folder", () => {
  it("is created with a link on the desktop, which is not created again after its removal", async () => {
    const link = join(world.home, "Desktop/Uploads");
    expect(readlinkSync(link)).toBe(world.uploads);
    rmSync(link);
    world = await world.restart();
    expect(existsSync(link)).toBe(false);
    expect(lstatSync(world.uploads).isDirectory()).toBe(true);
  });

  it("may be removed and created again while the desktop runs", async () => {
    rmSync(world.uploads, { recursive: true });
    expect((await upload(world, "a", "hello")).status).toBe(500);
    mkdirSync(world.uploads);
    expect((await upload(world, "a", "hello")).status).toBe(201);
  });
});

describe("tus-js-client", () => {
  it("uploads in pieces, is aborted and resumes", async () => {
    const content = randomBytes(3_000_000);
    const options = {
      endpoint: `https://127.0.0.1:${world.port}/api/uploads`,
      headers: { authorization: OWNER },
      metadata: { filename: "client.bin" },
      chunkSize: 500_000,
      retryDelays: null,
      httpStack: new DefaultHttpStack({ rejectUnauthorized: false }),
    };
    const url = await new Promise<string>((resolve, reject) => {
      const first = new Upload(content, {
        ...options,
        onError: reject,
        onChunkComplete: (_size, sent) => {
          if (sent < 1_000_000) return;
          void first.abort();
          resolve(first.url ?? "");
        },
      });
      first.start();
    });
    await new Promise<void>((resolve, reject) => {
      const second = new Upload(content, {
        ...options,
        uploadUrl: url,
        onError: reject,
        onSuccess: () => resolve(),
      });
      second.start();
    });
    expect(sha256(uploaded("client.bin"))).toBe(sha256(content));
  });
});
