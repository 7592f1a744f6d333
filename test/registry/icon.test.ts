import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { iconFaults } from "../../src/registry/icon.ts";

/** The header of a PNG of that size. */
function png(width: number, height: number): Buffer {
  const head = Buffer.alloc(33);
  head.write("\x89PNG\r\n\x1a\n", "latin1");
  head.writeUInt32BE(13, 8);
  head.write("IHDR", 12);
  head.writeUInt32BE(width, 16);
  head.writeUInt32BE(height, 20);
  return head;
}

const svg = (attributes: string) => Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" ${attributes}/>`);

it.each([
  ["a square PNG of 50 pixels", png(50, 50)],
  ["a square SVG of any size", svg('viewBox="0 0 24 24"')],
  ["the client's own icon", readFileSync(new URL("../../src/client/icon-192.png", import.meta.url))],
])("accepts %s", (_, content) => {
  expect(iconFaults(content, "icon")).toEqual([]);
});

it.each([
  ["too small", png(49, 49), ["is only 49 x 49"]],
  ["not square", png(64, 80), ["is 64 x 80, not square"]],
  ["both", png(10, 20), ["is 10 x 20, not square", "is only 10 x 20"]],
  ["a wide SVG", svg('viewBox="0 0 100 50"'), ["is 100 x 50, not square"]],
  ["an SVG without a size", Buffer.from("<svg/>"), ["is not a readable picture"]],
  ["text", Buffer.from("hello"), ["is not a readable picture"]],
  ["nothing", Buffer.alloc(0), ["is not a readable picture"]],
  ["a GIF", Buffer.from("GIF89a\x40\0\x40\0", "latin1"), ["is a gif picture"]],
])("refuses an icon that is %s", (_, content, messages) => {
  const faults = iconFaults(content, "w/icon.png");
  expect(faults.map(({ message }) => message)).toEqual(messages);
  for (const { path, fix } of faults)
    expect([path, fix]).toEqual(["w/icon.png", expect.stringMatching(/\.$/)]);
});
