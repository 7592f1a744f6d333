import { type ChildProcess, fork, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request as plainRequest } from "node:http";
import { type RequestOptions, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { eventually } from "../helpers/eventually.ts";
import { freeDisplay } from "../helpers/free-display.ts";
import { freePort } from "../helpers/free-port.ts";
import { buildEntrypoint } from "./entrypoint.ts";

const FLOOD = join(import.meta.dirname, "fixtures/flood.mjs");
const OWNER = `Basic ${Buffer.from("kasm_user:secret-pw").toString("base64")}`;
const isMissing = spawnSync("which", ["openssl"]).status !== 0;

/** A real entrypoint; it needs no display for this. */
let container: ChildProcess;
let port: number;
let uploads: number;
let folder: string;
let removeEntrypoint: () => void;

beforeAll(async () => {
  if (isMissing) return;
  const { path, remove } = await buildEntrypoint();
  removeEntrypoint = remove;
  folder = mkdtempSync(join(tmpdir(), "kasmix-flood-"));
  for (const name of ["home", "tmp", "www"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "www/index.html"), "<!doctype html>desktop");
  [port, uploads] = [await freePort(), await freePort()];
  const env = {
    PATH: process.env.PATH,
    HOME: join(folder, "home"),
    DISPLAY: `:${freeDisplay()}`,
    NO_VNC_PORT: String(port),
    KASMIX_UPLOAD_PORT: String(uploads),
    START_PULSEAUDIO: "0",
    KASM_SVC_GAMEPAD: "0",
    VNC_PW: "secret-pw",
    KASMIX_TMP: join(folder, "tmp"),
    KASMIX_CONFIG: join(folder, "none.json"),
    KASMIX_WWW: join(folder, "www"),
    KASMIX_PROFILE: join(folder, "none"),
  };
  container = spawn(process.execPath, [path], { env, stdio: "ignore" });
  await eventually(async () => expect(await ask("/healthz")).toBe(200));
});

afterAll(async () => {
  if (isMissing) return;
  // The second time it kills its services at once.
  const ended = once(container, "exit");
  for (let count = 0; count < 2; count += 1) container.kill("SIGTERM");
  await ended;
  rmSync(folder, { recursive: true, force: true });
  removeEntrypoint();
});

/** The status of an answer. Fails like the request. */
function ask(path: string, options: RequestOptions = {}, { body = "", plain = false } = {}): Promise<number> {
  const target = {
    host: "127.0.0.1",
    port,
    path,
    rejectUnauthorized: false,
    agent: false,
    ...options,
  } as const;
  return new Promise((resolve, reject) => {
    (plain ? plainRequest : request)(target, (response) => {
      response.resume().on("end", () => resolve(response.statusCode ?? 0));
    })
      .on("error", reject)
      .end(body);
  });
}

/** The same with a second try: on a busy machine the crowds are faster than a handshake. */
function again(...question: Parameters<typeof ask>): Promise<number> {
  return ask(...question).catch(() => ask(...question));
}

/** Bytes of resident memory. */
function memory(): number {
  const [, kibibytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${container.pid}/status`, "utf8")) ?? [];
  return Number(kibibytes) * 1024;
}

describe.skipIf(isMissing)(`the gateway${isMissing ? " (not run: openssl is missing)" : ""}`, () => {
  /**
   * 256 idle or slow connections without a password took every place: the owner failed 60 of 60 times, and so did the
   * probe that restarts the container.
   */
  it("lets the owner and probes in while crowds without a password hold and renew connections", async () => {
    const headers = { authorization: OWNER };
    const page = new WebSocket(`wss://127.0.0.1:${port}/api/clipboard`, {
      headers,
      rejectUnauthorized: false,
    });
    await once(page, "open");
    const crowds = [
      fork(FLOOD, ["silent", String(port), "400", "127.0.0.1"]),
      fork(FLOOD, ["any", String(port), "100", "127.0.0.2"]),
      fork(FLOOD, ["silent", String(uploads), "400", "127.0.0.1"]),
    ];
    onTestFinished(() => {
      for (const crowd of crowds) crowd.disconnect();
    });
    await Promise.all(crowds.map((crowd) => once(crowd, "message")));
    for (let round = 0; round < 3; round += 1) {
      const answers = [
        ...["127.0.0.1", "127.0.0.2", "127.0.0.9"].map((localAddress) =>
          again("/", { headers, localAddress }),
        ),
        again("/upload", { headers, port: uploads, method: "POST" }),
        again("/healthz"),
        again("/healthz", {}, { plain: true }),
      ];
      expect(await Promise.all(answers)).toEqual([200, 200, 200, 400, 200, 200]);
    }
    // What the owner had opened before is still open.
    expect(page.readyState).toBe(page.OPEN);
    page.close();
    expect(readdirSync(`/proc/${container.pid}/fd`).length).toBeLessThan(400);
  });

  /** 120 bodies of 16 MiB at once took over a gigabyte, and most of it stayed. */
  it("takes many large bodies in turn, within its memory", async () => {
    const body = "x".repeat(16 * 1024 ** 2);
    const headers = { authorization: OWNER, "content-type": "text/plain", "content-length": body.length };
    const before = memory();
    let most = before;
    const timer = setInterval(() => {
      most = Math.max(most, memory());
    }, 20);
    // A machine that is too slow for sixteen handshakes and bodies at once asks again.
    const bodies = Array.from({ length: 16 }, () =>
      eventually(() => ask("/api/clipboard", { method: "PUT", headers }, { body })),
    );
    const statuses = await Promise.all(bodies);
    clearInterval(timer);
    // 503 without a display, or when the machine is too slow for the turn to come in time.
    expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
    expect(most - before).toBeLessThan(220 * 1024 ** 2);
  });
});
