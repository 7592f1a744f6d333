import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encrypt } from "unixcrypt";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { renderKasmPasswords, writeKasmPasswords } from "../../../src/runtime/kasmvnc/passwords.ts";
import { memoryLog } from "../memory-log.ts";

/** OpenSSL's hash of a password with KasmVNC's salt. */
function openssl(password: string): string {
  const input = `${password}\n`;
  return execFileSync("openssl", ["passwd", "-5", "-salt", "kasm", "-stdin"], {
    input,
    encoding: "utf8",
  }).trim();
}

describe("the passwords of KasmVNC", () => {
  it.each(["vncpassword", "a", "pass:word with blanks", "pä€😀", "x".repeat(180)])(
    "are hashed as OpenSSL does: %s",
    (owner) => {
      expect(renderKasmPasswords({ owner })).toBe(`kasm_user:${openssl(owner)}:wo\n`);
    },
  );

  it("have a line for viewers only when these have a password", () => {
    expect(renderKasmPasswords({ owner: "secret-pw", viewer: "secret-look" })).toBe(
      `kasm_user:${openssl("secret-pw")}:wo\nkasm_viewer:${openssl("secret-look")}:r\n`,
    );
  });

  // The specification's test cases, with the results of glibc's crypt.
  it.each([
    ["Hello world!", "$5$saltstring", "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5"],
    [
      "Hello world!",
      "$5$rounds=10000$saltstringsaltstring",
      "$5$rounds=10000$saltstringsaltst$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA",
    ],
  ])("hash %s with %s as the specification says", (password, salt, hash) => {
    expect(encrypt(password, salt)).toBe(hash);
  });
});

describe("their file", () => {
  let folder: string;
  let places: { home: string; runtime: string };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kasmix-passwords-"));
    places = { home: join(folder, "home"), runtime: join(folder, "run") };
    for (const place of Object.values(places)) mkdirSync(place);
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("replaces the old one, and only its user may read it", () => {
    const old = join(places.home, ".kasmpasswd");
    writeFileSync(old, "kasm_user:old:wo\nguest:old:wo\n", { mode: 0o644 });
    const { log, records } = memoryLog();
    expect(writeKasmPasswords({ owner: "secret-pw" }, places, log)).toBe(old);
    expect(readFileSync(old, "utf8")).toBe(renderKasmPasswords({ owner: "secret-pw" }));
    expect(statSync(old).mode & 0o777).toBe(0o600);
    expect(records).toEqual([]);
  });

  it("is written elsewhere when the home is not writable, so that an old one is not used", () => {
    mkdirSync(join(places.home, ".kasmpasswd"));
    const { log, events } = memoryLog();
    const path = writeKasmPasswords({ owner: "secret-pw" }, places, log);
    expect(path).toBe(join(places.runtime, "kasmpasswd"));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(events("kasmpasswd.moved")).toHaveLength(1);
  });

  it("is written with passwords that are too short for KasmVNC's tool or too long for its server, which are logged", () => {
    const { log, events, records } = memoryLog();
    const passwords = { owner: "short", viewer: "l".repeat(190) };
    writeKasmPasswords(passwords, places, log);
    expect(events("password.short")).toMatchObject([
      { user: "kasm_user", message: expect.stringContaining("VNC_PW has fewer than 6 characters") },
    ]);
    expect(events("password.long")).toMatchObject([{ user: "kasm_viewer" }]);
    expect(JSON.stringify(records)).not.toMatch(/"short"|lll/);
    writeKasmPasswords({ owner: "l".repeat(180) }, places, log);
    expect(events("password.long")).toHaveLength(1);
  });
});
