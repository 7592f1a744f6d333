import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LiveIdentity } from "../../../src/runtime/gateway/live-identity.ts";
import type { Identity } from "../../../src/runtime/gateway/self-signed.ts";
import { findKasmVnc } from "../../../src/runtime/kasmvnc/find.ts";
import { prepareKasmVnc } from "../../../src/runtime/kasmvnc/prepare.ts";
import { memoryLog } from "../memory-log.ts";

const DISPLAY = { resolution: "1280x720", frameRate: 60 };
const FIRST = { cert: "first certificate\n", key: "first key\n" };

let folder: string;
let directories: { home: string; runtime: string };
let renew: (identity: Identity) => void;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kasmix-prepare-"));
  directories = { home: join(folder, "home"), runtime: join(folder, "run") };
  for (const path of [
    "home",
    "run",
    "kasmvnc/bin",
    "kasmvnc/share/kasmvnc/www/Downloads",
    "kasmvnc/share/kasmvnc/www/app",
  ])
    mkdirSync(join(folder, path), { recursive: true });
  writeFileSync(join(folder, "kasmvnc/bin/Xvnc"), "#!/bin/sh\n", { mode: 0o755 });
  writeFileSync(join(folder, "kasmvnc/share/kasmvnc/www/index.html"), "client");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function identity(first: Promise<Identity> = Promise.resolve(FIRST)): LiveIdentity {
  return {
    first,
    onRenewed(listener) {
      renew = listener;
    },
    close() {},
  };
}

function prepare(more: { environment?: NodeJS.ProcessEnv; viewer?: string; identity?: LiveIdentity } = {}) {
  const logged = memoryLog();
  const passwords = { owner: "secret-pw", ...(more.viewer ? { viewer: more.viewer } : {}) };
  const place = { xvnc: join(folder, "kasmvnc/bin/Xvnc"), www: join(folder, "kasmvnc/share/kasmvnc/www") };
  const { environment = {} } = more;
  const ingredients = { place, environment, directories, passwords, identity: more.identity ?? identity() };
  return { logged, place, files: prepareKasmVnc({ ...ingredients, log: logged.log }) };
}

describe("KasmVNC", () => {
  it("is found if it can be run, whatever the workspace says", () => {
    const { log, records } = memoryLog();
    const environment = { KASMIX_KASMVNC: join(folder, "kasmvnc") };
    expect(findKasmVnc(environment, DISPLAY, log)).toEqual({
      xvnc: join(folder, "kasmvnc/bin/Xvnc"),
      www: join(folder, "kasmvnc/share/kasmvnc/www"),
    });
    chmodSync(join(folder, "kasmvnc/bin/Xvnc"), 0o644);
    expect(findKasmVnc(environment, DISPLAY, log)).toBeUndefined();
    expect(records).toEqual([]);
    expect(findKasmVnc(environment, { ...DISPLAY, server: "kasmvnc" }, log)).toBeUndefined();
    expect(records).toMatchObject([{ event: "kasmvnc.missing" }]);
  });
});

describe("the files of KasmVNC", () => {
  it("are the passwords, the client with the home's downloads, and the current certificate", async () => {
    const { files, logged, place } = prepare();
    const { passwords, certificate, www, xvnc } = await files;
    expect(xvnc).toBe(place.xvnc);
    expect(passwords).toBe(join(directories.home, ".kasmpasswd"));
    expect(readFileSync(certificate, "utf8")).toBe("first certificate\nfirst key\n");
    expect(statSync(certificate).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(www, "index.html"), "utf8")).toBe("client");
    expect(readlinkSync(join(www, "Downloads/Downloads"))).toBe(join(directories.home, "Downloads"));
    renew({ cert: "second certificate\n", key: "second key\n" });
    expect(readFileSync(certificate, "utf8")).toBe("second certificate\nsecond key\n");
    expect(logged.records).toEqual([]);
  });

  it("leave the home out when there are viewers, or no downloads", async () => {
    const shared = prepare({ viewer: "secret-look" });
    expect((await shared.files).www).toBe(shared.place.www);
    const closed = prepare({ environment: { KASM_SVC_DOWNLOADS: "0" } });
    expect((await closed.files).www).toBe(closed.place.www);
  });

  it("are made again after a restart", async () => {
    await prepare().files;
    const { files, logged } = prepare();
    expect(readFileSync(join((await files).www, "index.html"), "utf8")).toBe("client");
    expect(logged.records).toEqual([]);
  });

  it("come with a log line for each setting of a gateway that KasmVNC replaces", async () => {
    const { files, logged } = prepare({
      environment: { KASMIX_BASE_PATH: "/desk/", KASMIX_ALLOWED_ORIGINS: "" },
    });
    await files;
    expect(logged.records).toMatchObject([{ event: "kasmvnc.setting", variable: "KASMIX_BASE_PATH" }]);
  });

  it("are made as far as possible, with a log line for each failure", async () => {
    rmSync(join(folder, "kasmvnc/share"), { recursive: true });
    mkdirSync(join(directories.home, ".kasmpasswd"));
    mkdirSync(join(directories.home, ".vnc"));
    writeFileSync(join(directories.home, ".vnc/kasmvnc.yaml"), "");
    const { files, logged } = prepare({ identity: identity(Promise.reject(new Error("no openssl"))) });
    await expect(files).resolves.toMatchObject({ passwords: join(directories.runtime, "kasmpasswd") });
    expect(logged.records.map(({ event }) => event).sort()).toEqual([
      "kasmpasswd.moved",
      "kasmvnc.certificate",
      "kasmvnc.client",
      "kasmvnc.downloads",
      "kasmvnc.yaml",
    ]);
  });
});
