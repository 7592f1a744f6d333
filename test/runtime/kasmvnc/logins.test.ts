import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encrypt } from "unixcrypt";
import { expect, it } from "vitest";
import { makeLogins, renderKasmPasswords } from "../../../src/runtime/kasmvnc/logins.ts";

/** OpenSSL's hash of a password with KasmVNC's salt. */
function openssl(password: string): string {
  const input = `${password}\n`;
  return execFileSync("openssl", ["passwd", "-5", "-salt", "kasm", "-stdin"], {
    input,
    encoding: "utf8",
  }).trim();
}

it("gives each role a user of KasmVNC with its rights, hashed as OpenSSL does", () => {
  expect(renderKasmPasswords({ owner: "secret-pw", participant: "b", viewer: "secret-look" })).toBe(
    `owner:${openssl("secret-pw")}:wo\nparticipant:${openssl("b")}:w\nviewer:${openssl("secret-look")}:r\n`,
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
])("hashes %s with %s as the specification says", (password, salt, hash) => {
  expect(encrypt(password, salt)).toBe(hash);
});

it("makes new passwords at each start, in a file that only its user may read", () => {
  const folder = mkdtempSync(join(tmpdir(), "kasmix-logins-"));
  try {
    const path = join(folder, "kasmpasswd");
    writeFileSync(path, "owner:old:wo\n", { mode: 0o644 });
    const [first, second] = [makeLogins(path), makeLogins(path)];
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(new Set([...Object.values(first), ...Object.values(second)]).size).toBe(6);
    const [, password = ""] = Buffer.from(second.viewer.slice("Basic ".length), "base64")
      .toString()
      .split(":");
    expect(readFileSync(path, "utf8").split("\n")[2]).toBe(`viewer:${openssl(password)}:r`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
