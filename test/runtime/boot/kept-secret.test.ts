import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { keptSecret } from "../../../src/runtime/boot/kept-secret.ts";
import { memoryLog } from "../memory-log.ts";

let home: string;
let memory: ReturnType<typeof memoryLog>;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "kasmix-secret-"));
  memory = memoryLog();
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

const keep = (path: string) =>
  keptSecret({ name: "key", variable: "KEY", path: join(home, path) }, memory.log);

it("a generated secret is kept for this user alone, and the log names only its file", () => {
  const secret = keep("deep/key");
  expect(secret).toMatch(/^[a-zA-Z2-9]{20}$/);
  expect(readFileSync(join(home, "deep/key"), "utf8")).toBe(`${secret}\n`);
  expect(statSync(join(home, "deep/key")).mode & 0o777).toBe(0o600);
  expect(keep("deep/key")).toBe(secret);
  expect(memory.records).toEqual([
    { event: "key.generated", message: `Read it with: docker exec CONTAINER cat ${join(home, "deep/key")}` },
  ]);
});

it("a secret that cannot be kept is used all the same, and the log says what to do", () => {
  writeFileSync(join(home, "file"), "");
  expect(keep("file/key")).toHaveLength(20);
  expect(memory.records).toMatchObject([
    { event: "key.lost", message: expect.stringMatching(/^KEY is not set .*: set KEY\.$/) },
  ]);
});

it("a file without a secret gets one", () => {
  writeFileSync(join(home, "key"), "\n");
  const secret = keep("key");
  expect(readFileSync(join(home, "key"), "utf8")).toBe(`${secret}\n`);
});
