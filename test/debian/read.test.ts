import { expect, test } from "vitest";
import { renderLock } from "../../src/debian/format.ts";
import { parseLock, readLock } from "../../src/debian/read.ts";
import { KasmixError } from "../../src/model/error.ts";
import { sampleLock } from "./fixtures.ts";

const PATH = "nix/locks/desktop.json";

test("a lock is written with one package a line and reads back as it was", () => {
  const text = renderLock(sampleLock());
  expect(parseLock(text, PATH)).toEqual(sampleLock());
  expect(text.replaceAll(/[0-9a-f]{64}/g, "<sha256>")).toMatchInlineSnapshot(`
    "{
      "version": 1,
      "suite": "trixie",
      "architecture": "amd64",
      "archives": { "debian": "20261120T141110Z", "debian-security": "20261120T121242Z" },
      "requested": [
        "jq"
      ],
      "packages": [
        { "name": "libc6", "version": "2.41-12", "architecture": "amd64", "archive": "debian", "path": "pool/main/g/glibc/libc6_2.41-12_amd64.deb", "size": 5, "sha256": "<sha256>", "essential": true },
        { "name": "libjq1", "version": "1.7.1-6", "architecture": "amd64", "archive": "debian", "path": "pool/main/j/jq/libjq1_1.7.1-6_amd64.deb", "size": 6, "sha256": "<sha256>" },
        { "name": "jq", "version": "1.7.1-6", "architecture": "amd64", "archive": "debian", "path": "pool/main/j/jq/jq_1.7.1-6_amd64.deb", "size": 2, "sha256": "<sha256>" }
      ],
      "steps": [
        { "unpack": ["libjq1", "jq"] },
        { "configure": ["libjq1", "jq"] }
      ]
    }
    "
  `);
});

test("a lock that is not JSON any more is refused with the line", () => {
  const text = renderLock(sampleLock()).replace('  "packages"', '<<<<<<< ours\n  "packages"');
  expect(failure(text)).toMatchObject({ code: "E_MODEL", faults: [{ path: `${PATH}:9:1` }] });
});

test("a lock that ends in the middle is refused with its last line", () => {
  const text = renderLock(sampleLock()).slice(0, 400);
  expect(failure(text).faults[0]?.path).toBe(
    `${PATH}:${text.split("\n").length}:${(text.split("\n").at(-1) ?? "").length + 1}`,
  );
});

test("every damaged field of a lock is named with its line, all at once", () => {
  const text = renderLock(sampleLock())
    .replace('"size": 6', '"size": "6"')
    .replace(/("name": "jq".*"sha256": ")[0-9a-f]/, "$1G")
    .replace('"suite": "trixie"', '"suite": "sid"');
  expect(failure(text).faults.map(({ path, message }) => `${path} ${message}`)).toMatchInlineSnapshot(`
    [
      "nix/locks/desktop.json:3 suite must be "trixie"",
      "nix/locks/desktop.json:11 packages[1].size must be integer",
      "nix/locks/desktop.json:12 packages[2].sha256 must match pattern "^[0-9a-f]{64}$"",
    ]
  `);
});

test("an unknown field and a path out of the archive are refused", () => {
  const text = renderLock(sampleLock())
    .replace('"version": 1,', '"version": 1,\n  "extra": true,')
    .replace("pool/main/j/jq/jq_", "pool/../../jq_");
  const messages = failure(text).faults.map(({ message }) => message);
  expect(messages).toContain("The lock has the unknown field extra");
  expect(messages.some((message) => message.startsWith("packages[2].path"))).toBe(true);
});

test("a package that is repeated or left out of the steps is found", () => {
  const lock = sampleLock();
  const text = renderLock({
    ...lock,
    requested: ["jq", "mc"],
    packages: [...lock.packages, ...lock.packages.slice(1, 2)],
    steps: lock.steps.slice(0, 1),
  });
  expect(failure(text).faults.map(({ message }) => message)).toMatchInlineSnapshot(`
    [
      "packages[3].name repeats libjq1",
      "steps must unpack each package that is not essential exactly once",
      "steps must configure each package that is not essential exactly once",
    ]
  `);
});

test("a workspace without a lock says how to make one", async () => {
  await expect(readLock("/nonexistent", "desktop")).rejects.toMatchObject({
    code: "E_MODEL",
    fix: "Create it: ./kasmix lock desktop",
  });
});

/** `./kasmix lock core` knows no such workspace. */
test("the locks that all workspaces share are made with any of them", async () => {
  await expect(readLock("/nonexistent", "core")).rejects.toMatchObject({ fix: "Create it: ./kasmix lock" });
  expect(failure("{", "nix/locks/tools.json").fix).toMatch(/rm nix\/locks\/tools.json && \.\/kasmix lock$/);
});

function failure(text: string, path = PATH): KasmixError {
  try {
    parseLock(text, path);
  } catch (error) {
    if (error instanceof KasmixError) return error;
    throw error;
  }
  throw new Error("the lock was taken");
}
