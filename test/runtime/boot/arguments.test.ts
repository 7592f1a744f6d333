import { expect, it } from "vitest";
import { hintAtCommand } from "../../../src/runtime/boot/arguments.ts";
import { memoryLog } from "../memory-log.ts";

function hints(...words: string[]): unknown[] {
  const { log, events } = memoryLog();
  hintAtCommand(words, log);
  return events("command.unused").map(({ message }) => message);
}

it("says how to run a command, without its arguments", () => {
  const [hint, ...others] = hints("/usr/bin/xterm", "-e", "secret");
  expect(hint).toContain("docker exec CONTAINER /usr/bin/xterm");
  expect(hint).toContain("docker run --entrypoint /usr/bin/xterm IMAGE");
  expect(hint).not.toContain("secret");
  expect(others).toEqual([]);
});

it.each([[], ["--wait"], [""], ["NAME=value"], ["a b"]])(
  "says nothing of %j, which is no command",
  (...words) => {
    expect(hints(...words)).toEqual([]);
  },
);
