import { expect, it } from "vitest";
import { createJournal } from "../../../src/runtime/log/journal.ts";

it("keeps the newest lines, within its limit", () => {
  const journal = createJournal(30);
  for (const name of ["one", "two", "three"]) journal.write(name.padEnd(10, "."));
  expect(journal.lines()).toEqual(["one.......", "two.......", "three....."]);
  journal.write("four......");
  expect(journal.lines()).toEqual(["two.......", "three.....", "four......"]);
  journal.write("x".repeat(31));
  expect(journal.lines()).toEqual([]);
  journal.write("five");
  expect(journal.lines()).toEqual(["five"]);
});

it("passes each new line to each follower until that one ends", () => {
  const journal = createJournal();
  const heard: string[] = [];
  const listener = (line: string) => void heard.push(line);
  const endFirst = journal.follow(listener);
  const endSecond = journal.follow(listener);
  journal.write("a");
  endFirst();
  journal.write("b");
  endSecond();
  journal.write("c");
  expect(heard).toEqual(["a", "a", "b"]);
});
