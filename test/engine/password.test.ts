import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Engine } from "../../src/engine/detect.ts";
import {
  forgetPassword,
  generatePassword,
  knownPassword,
  storePassword,
  workspacePassword,
} from "../../src/engine/password.ts";

let state: string;
let file: string;

beforeEach(async () => {
  state = await mkdtemp(path.join(tmpdir(), "kasmix-state-"));
  file = path.join(state, "kasmix/desktop.json");
});
afterEach(() => rm(state, { recursive: true }));

/** An engine with one container with this environment, or without a container. */
function engineWith(environment: readonly string[] | undefined): Engine {
  const inspected = [{ Config: { Env: environment } }];
  const outcome = { exitCode: 0, stderr: "", notFound: false, timedOut: false };
  return {
    kind: "docker",
    version: "0",
    globalOptions: [],
    createOptions: [],
    run: async () => "",
    attempt: async () => ({ ...outcome, ok: environment !== undefined, stdout: JSON.stringify(inspected) }),
  };
}

const password = (environment: Record<string, string> = {}, container?: readonly string[]): Promise<string> =>
  workspacePassword(engineWith(container), "desktop", { XDG_STATE_HOME: state, ...environment });

it("makes a long password once and keeps it for its owner only", async () => {
  const first = await password();
  expect(first).toMatch(/^[a-zA-Z2-9]{24}$/);
  expect(await password()).toBe(first);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
});

it("makes another each time", () => {
  expect(new Set(Array.from({ length: 100 }, generatePassword)).size).toBe(100);
});

it("takes VNC_PW first, then the container's, then the kept one", async () => {
  const kept = await password();
  expect(await password({}, ["A=1", "VNC_PW=in=container"])).toBe("in=container");
  expect(await password({ VNC_PW: "mine" }, ["VNC_PW=in=container"])).toBe("mine");
  expect(await password()).toBe("mine");
  expect(kept).not.toBe("mine");
});

it("tells a password that is there, and makes none", async () => {
  const known = (container?: readonly string[]) =>
    knownPassword(engineWith(container), "desktop", { XDG_STATE_HOME: state });
  expect(await known()).toBeUndefined();
  expect(await known(["VNC_PW=in=container"])).toBe("in=container");
  const kept = await password();
  expect(await known()).toBe(kept);
});

it("takes a stored one once, before the container's, and tells the container's until then", async () => {
  await password({}, ["VNC_PW=first"]);
  await storePassword("desktop", "second", { XDG_STATE_HOME: state });
  const known = (words: readonly string[]) =>
    knownPassword(engineWith(words), "desktop", { XDG_STATE_HOME: state });
  expect(await known(["VNC_PW=first"])).toBe("first");
  expect(await password({}, ["VNC_PW=first"])).toBe("second");
  expect(await password({}, ["VNC_PW=third"])).toBe("third");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

/** A home that cannot be written was called a fault of Kasmix. */
it("says where it cannot be stored, and what to do", async () => {
  const blocked = path.join(state, "file");
  await writeFile(blocked, "");
  await expect(password({ XDG_STATE_HOME: blocked })).rejects.toMatchObject({
    code: "E_MACHINE",
    message: expect.stringContaining(blocked),
    fix: expect.stringContaining("XDG_STATE_HOME"),
  });
});

it("makes a new one when it was forgotten, or the file is damaged", async () => {
  const first = await password();
  await forgetPassword("desktop", { XDG_STATE_HOME: state });
  const second = await password();
  expect(second).not.toBe(first);
  await writeFile(file, '{"password": 7');
  expect(await password()).not.toBe(second);
  expect(JSON.parse(await readFile(file, "utf8"))).toEqual({ password: expect.any(String) });
});
