import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { prepareApp } from "../../../src/runtime/session/prepare-app.ts";

let home: string;
const locate = (path: string) => join(home, path.slice(2));
const inHome = (path: string) => join(home, path);

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "kasmix-prepare-"));
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

describe("mergeJson", () => {
  const SETTINGS = ".config/discord/settings.json";
  const merge = () =>
    prepareApp([{ mergeJson: `~/${SETTINGS}`, fields: { SKIP_HOST_UPDATE: true } }], locate);
  const settings = () => JSON.parse(readFileSync(inHome(SETTINGS), "utf8"));
  const write = (content: string) => {
    mkdirSync(inHome(".config/discord"), { recursive: true });
    writeFileSync(inHome(SETTINGS), content);
  };

  it("makes the file and its folder", () => {
    merge();
    expect(settings()).toEqual({ SKIP_HOST_UPDATE: true });
  });

  it("keeps other fields and their order", () => {
    write('{"zoom": 1.5, "SKIP_HOST_UPDATE": false, "nested": {"keys": [1, null]}}');
    merge();
    expect(settings()).toEqual({ zoom: 1.5, SKIP_HOST_UPDATE: true, nested: { keys: [1, null] } });
    expect(Object.keys(settings())).toEqual(["zoom", "SKIP_HOST_UPDATE", "nested"]);
  });

  it("does not change a file that already has the fields", () => {
    const odd = '{ "SKIP_HOST_UPDATE":true   }';
    write(odd);
    merge();
    expect(readFileSync(inHome(SETTINGS), "utf8")).toBe(odd);
  });

  it.each(["{ half", "[1]", "null", '"text"'])(
    "keeps a file that holds no object beside the new one: %s",
    (content) => {
      write(content);
      merge();
      expect(settings()).toEqual({ SKIP_HOST_UPDATE: true });
      expect(readFileSync(inHome(`${SETTINGS}.broken`), "utf8")).toBe(content);
    },
  );

  it("fills an empty file, which a crash can leave", () => {
    write("");
    merge();
    expect(settings()).toEqual({ SKIP_HOST_UPDATE: true });
    expect(existsSync(inHome(`${SETTINGS}.broken`))).toBe(false);
  });

  it("changes the target of a link, and keeps the link", () => {
    mkdirSync(inHome(".config/discord"), { recursive: true });
    writeFileSync(inHome("elsewhere.json"), '{"a":1}');
    symlinkSync("../../elsewhere.json", inHome(SETTINGS));
    merge();
    expect(lstatSync(inHome(SETTINGS)).isSymbolicLink()).toBe(true);
    expect(JSON.parse(readFileSync(inHome("elsewhere.json"), "utf8"))).toEqual({
      a: 1,
      SKIP_HOST_UPDATE: true,
    });
  });

  it("throws and destroys nothing when it may not write", () => {
    writeFileSync(inHome(".config"), "a file");
    expect(merge).toThrow(/EEXIST|ENOTDIR/);
    expect(readFileSync(inHome(".config"), "utf8")).toBe("a file");
  });
});

describe("unlockChromium", () => {
  const unlock = () => prepareApp([{ unlockChromium: "~/profile" }], locate);
  const lock = (target: string, made = Date.now()) => {
    mkdirSync(inHome("profile"));
    symlinkSync(target, inHome("profile/SingletonLock"));
    lutimesSync(inHome("profile/SingletonLock"), made / 1000, made / 1000);
    symlinkSync("/tmp/gone/SingletonSocket", inHome("profile/SingletonSocket"));
    writeFileSync(inHome("profile/Preferences"), "{}");
  };
  const locked = () => lstatSync(inHome("profile/SingletonLock"), { throwIfNoEntry: false }) !== undefined;

  it.each([
    ["a dead process", `${hostname()}-4194304`],
    ["another process with the same pid", `${hostname()}-${process.pid}`, Date.now() - 86_400_000],
    ["an earlier container", `other-host-${process.pid}`],
    ["an invalid lock", "nonsense"],
  ])("removes the locks of %s, and only them", (_, target, made?: number) => {
    lock(target, made);
    unlock();
    expect(locked()).toBe(false);
    expect(lstatSync(inHome("profile/SingletonSocket"), { throwIfNoEntry: false })).toBeUndefined();
    expect(existsSync(inHome("profile/Preferences"))).toBe(true);
  });

  it("keeps those of a living process, whatever its name", () => {
    const child = spawn("sleep", ["1000"], { stdio: "ignore" });
    onTestFinished(() => void child.kill("SIGKILL"));
    lock(`${hostname()}-${child.pid}`);
    unlock();
    expect(locked()).toBe(true);
  });

  // The process seemed younger than its lock, and the next start would have opened the profile a second time.
  it("keeps those of a listening process when the clock was set forward", async () => {
    const socket = join(home, "socket");
    const server = createServer().listen(socket);
    onTestFinished(() => void server.close());
    await once(server, "listening");
    lock(`${hostname()}-${process.pid}`, Date.now() - 86_400_000);
    rmSync(inHome("profile/SingletonSocket"));
    symlinkSync(socket, inHome("profile/SingletonSocket"));
    unlock();
    expect(locked()).toBe(true);
  });

  it("does nothing without a profile", unlock);
});
