import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SECRETS, takeSecrets } from "../../../src/runtime/boot/secrets.ts";
import { memoryLog } from "../memory-log.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kasmix-secrets-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function take(environment: NodeJS.ProcessEnv) {
  const { log, records } = memoryLog();
  return { secrets: takeSecrets(environment, log), environment, records };
}

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

describe.each(SECRETS)("%s", (variable) => {
  it("is taken out of the environment", () => {
    const { secrets, environment, records } = take({ [variable]: " two\nlines ", NOTE: "line\n" });
    expect(secrets).toEqual({ [variable]: " two\nlines " });
    expect(environment).toEqual({ NOTE: "line\n" });
    expect(records).toEqual([]);
  });

  // A Kubernetes secret made with echo refused the password that its owner typed.
  it("loses line breaks at its end, and the log says so without the secret", () => {
    for (const end of ["\n", "\r\n", "\n\n"]) {
      const { secrets, records } = take({ [variable]: `correct-horse${end}` });
      expect(secrets).toEqual({ [variable]: "correct-horse" });
      expect(records).toMatchObject([
        { event: "secret.trimmed", variable, message: expect.stringContaining(`${variable} ends with`) },
      ]);
      expect(JSON.stringify(records)).not.toContain("correct-horse");
    }
  });

  it("comes from the file that its variable names; the log says that the desktop can read it there", () => {
    const path = file("secret", "correct-horse\n");
    const { secrets, environment, records } = take({ [`${variable}_FILE`]: path });
    expect(secrets).toEqual({ [variable]: "correct-horse" });
    expect(environment).toEqual({});
    expect(records).toMatchObject([{ event: "secret.shown", variable: `${variable}_FILE`, path }]);
    expect(JSON.stringify(records)).not.toContain("correct-horse");
  });

  it("comes from the variable when the file is set too, and the log says so", () => {
    const path = file("other", "other");
    const { secrets, records } = take({ [variable]: "secret", [`${variable}_FILE`]: path });
    expect(secrets).toEqual({ [variable]: "secret" });
    expect(records).toMatchObject([{ event: "secret.both", variable }]);
  });
});

it("empty variables and line breaks alone count as not set", () => {
  expect(take({ VNC_PW: "\n", VNC_VIEW_ONLY_PW: "", URL_LAUNCHER_TOKEN_FILE: "" }).secrets).toEqual({});
});

describe("a file that cannot be used counts as none, and the log names it and what to do:", () => {
  const missing = "/nowhere/secret";
  it.each([
    ["missing", () => missing, "ENOENT"],
    ["a folder", () => folder, "EISDIR"],
    ["empty", () => file("empty", "\n"), "is empty"],
    ["too long", () => file("long", new Uint8Array(65 * 1024)), "has more than 64 KiB"],
    ["endless", () => "/dev/zero", "has more than 64 KiB"],
    ["a FIFO without a writer", () => makeFifo("fifo"), "is empty"],
  ])("%s", (_, make, reason) => {
    const path = make();
    const { secrets, records } = take({ VNC_PW_FILE: path });
    expect(secrets).toEqual({});
    const message = expect.stringMatching(
      new RegExp(`^VNC_PW_FILE cannot be used: .*${reason}.*Mount a file`),
    );
    expect(records).toMatchObject([{ event: "secret.unusable", path, message }]);
  });

  it.skipIf(process.getuid?.() === 0)("one of another user", () => {
    const path = file("foreign", "secret");
    chmodSync(path, 0);
    expect(take({ VNC_PW_FILE: path }).records).toMatchObject([{ event: "secret.unusable" }]);
  });
});

function makeFifo(name: string): string {
  const path = join(folder, name);
  if (!existsSync(path)) spawnSync("mkfifo", [path]);
  return path;
}

describe("the pipe of hide-secrets", () => {
  const pipe = (content: string) => String(openSync(file("pipe", content), "r"));

  it("is read and closed, and wins over the environment", () => {
    const KASMIX_SECRETS_FD = pipe("VNC_PW=a=b\0URL_LAUNCHER_TOKEN=\0VNC_VIEW_ONLY_PW=x\ny\0");
    const { secrets, environment, records } = take({ VNC_PW: "other", KASMIX_SECRETS_FD });
    expect(secrets).toEqual({ VNC_PW: "a=b", VNC_VIEW_ONLY_PW: "x\ny" });
    expect([environment, records]).toEqual([{}, []]);
    expect(existsSync(`/proc/self/fd/${KASMIX_SECRETS_FD}`)).toBe(false);
  });

  it("comes with a library that no program of the desktop gets", () => {
    const own = "/opt/kasmix/undumpable.so";
    expect(take({ LD_PRELOAD: own }).environment).toEqual({});
    expect(take({ LD_PRELOAD: `${own}:/lib/a.so` }).environment).toEqual({ LD_PRELOAD: "/lib/a.so" });
    expect(take({ LD_PRELOAD: "/lib/a.so" }).environment).toEqual({ LD_PRELOAD: "/lib/a.so" });
  });

  it("that is gone is logged", () => {
    const { secrets, records } = take({ KASMIX_SECRETS_FD: "999999" });
    expect(secrets).toEqual({});
    expect(records).toMatchObject([
      { event: "secret.unusable", message: expect.stringContaining("got lost") },
    ]);
  });
});
