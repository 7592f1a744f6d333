import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Secrets } from "../../../src/runtime/boot/secrets.ts";
import { Authenticator } from "../../../src/runtime/gateway/auth.ts";
import { resolvePasswords } from "../../../src/runtime/gateway/passwords.ts";
import { openSessionFile } from "../../../src/runtime/gateway/session-file.ts";
import { memoryLog } from "../memory-log.ts";

let home: string;
let file: string;
let memory: ReturnType<typeof memoryLog>;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "kasmix-passwords-"));
  file = join(home, ".config/kasmix/password");
  memory = memoryLog();
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

const kept = () => readFileSync(file, "utf8");

/** Starts with these secrets; returns whether a user may sign in with a password. */
function start(secrets: Secrets = {}) {
  const { users } = new Authenticator(resolvePasswords(secrets, home, memory.log));
  return (password: string, name = "kasm_user") => users.withPassword(name, password) !== undefined;
}

it("VNC_PW and VNC_VIEW_ONLY_PW count, and nothing is written", () => {
  const admits = start({ VNC_PW: "secret", VNC_VIEW_ONLY_PW: "look" });
  expect([admits("secret"), admits("look"), admits("look", "kasm_viewer")]).toEqual([true, false, true]);
  expect(kept).toThrow("ENOENT");
});

// Every program on the desktop could read it, and so could a participant, who is not the owner.
it("a generated password is text only until the owner signs in; later starts know its digest", () => {
  const admits = start();
  const password = kept().trim();
  expect(password).toMatch(/^\w{20}$/);
  expect([admits("other"), kept().trim()]).toEqual([false, password]);
  expect([admits(password), admits(password)]).toEqual([true, true]);
  expect(kept()).not.toContain(password);
  expect(kept()).toMatch(/^sha256:[\w-]{43}:[\w-]{43}\n$/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(memory.events("password.used")).toHaveLength(1);
  const later = start();
  expect([later(password), later(kept().trim()), later("other")]).toEqual([true, false, false]);
  expect(JSON.stringify(memory.records)).not.toContain(password);
});

it("a session that began with a generated password goes on after a restart", () => {
  const path = join(home, "sessions.json");
  const open = () =>
    new Authenticator(resolvePasswords({}, home, memory.log), { file: openSessionFile(path, memory.log) });
  const first = open();
  const form = { name: "kasm_user", password: kept().trim(), address: "192.0.2.1", cookie: undefined };
  const verdict = first.signIn(form);
  const cookie = (verdict.outcome === "admitted" && verdict.setCookie?.split(";")[0]) || "";
  const claim = { authorization: undefined, cookie, address: "192.0.2.1" };
  expect(open().judge(claim)).toMatchObject({ outcome: "admitted", role: "owner" });
  rmSync(file);
  expect(open().judge(claim)).toMatchObject({ outcome: "missing" });
});

it("a password that an earlier version kept stays the same and becomes a digest too", () => {
  mkdirSync(join(home, ".config/kasmix"), { recursive: true });
  writeFileSync(file, "from-before\n");
  const admits = start();
  expect([admits("from-before"), kept().startsWith("sha256:")]).toEqual([true, true]);
});

it("when the text cannot be replaced, the owner is admitted and the log says so", () => {
  const admits = start();
  const password = kept().trim();
  rmSync(join(home, ".config"), { recursive: true });
  writeFileSync(join(home, ".config"), "");
  expect(admits(password)).toBe(true);
  expect(memory.events("password.clear")).toMatchObject([{ message: expect.stringContaining("Set VNC_PW") }]);
});
