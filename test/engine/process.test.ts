import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { runLines } from "../../src/engine/process.ts";

const sh = (script: string) => ["-c", script];

it("hands lines on as they come, and says how the program ended", async () => {
  const lines: string[] = [];
  const script = "echo one; echo trouble >&2; printf two; exit 3";
  const outcome = await runLines("sh", sh(script), (line) => void lines.push(line));
  expect(lines).toEqual(["one", "two"]);
  expect(outcome).toEqual({ exitCode: 3, stderr: "trouble", notFound: false });
});

it("reports that the program does not exist", async () => {
  expect(await runLines("kasmix-no-such-program", [], () => {})).toMatchObject({ notFound: true });
});

it("hands on standard error, too, where that is wanted", async () => {
  const lines: string[] = [];
  await runLines("sh", sh("echo one; echo two >&2"), (line) => void lines.push(line), { from: "all" });
  expect(lines.sort()).toEqual(["one", "two"]);
});

it("keeps the program's input open until it ends", async () => {
  const { exitCode } = await runLines("sh", sh("echo first; timeout 0.2 cat; exit $?"), () => {});
  expect(exitCode).toBe(124);
});

it("ends the program when it is interrupted", async () => {
  const controller = new AbortController();
  const running = runLines("sh", sh("echo first; exec sleep 1000"), () => controller.abort(), {
    signal: controller.signal,
  });
  await expect(running).rejects.toThrow("abort");
});

it("does not read on while a line is being dealt with", async () => {
  let [pid, taken, written] = ["", 0, 0];
  const controller = new AbortController();
  const onLine = async (line: string) => {
    pid ||= line;
    taken += line.length + 1;
    await new Promise(setImmediate);
    if (taken < 4_000_000 || written > 0) return;
    const [, count] = /^wchar: (\d+)$/m.exec(await readFile(`/proc/${pid}/io`, "utf8")) ?? [];
    written = Number(count);
    controller.abort();
  };
  const script = 'echo $$; exec yes "$(printf %01000d 0)"';
  const running = runLines("sh", sh(script), onLine, { signal: controller.signal });
  await expect(running).rejects.toThrow("abort");
  // What the pipe and the buffers of the streams hold.
  expect(written - taken).toBeLessThan(1_000_000);
});
