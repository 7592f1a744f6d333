import { PassThrough, Readable } from "node:stream";
import { expect, it } from "vitest";
import { readSecret } from "../../src/terminal/read-secret.ts";

const { signal } = new AbortController();
const stderr = new PassThrough();
const read = (text: string) => readSecret("", { stdin: Readable.from([text]), stderr, signal });

it("reads one line, with or without its end", async () => {
  expect(await read("geheim ä\n")).toBe("geheim ä");
  expect(await read("geheim\r\n")).toBe("geheim");
  expect(await read("geheim")).toBe("geheim");
});

it.each([
  ["", "Standard input is empty."],
  ["\n", "Standard input is empty."],
  ["a\nb\n", "Standard input has more than one line."],
  ["a\tb\n", "The line on standard input has control characters."],
  ["a".repeat(1025), "The line on standard input is too long."],
])("refuses %j", async (text, message) => {
  await expect(read(text)).rejects.toMatchObject({ code: "E_USAGE", message });
});
