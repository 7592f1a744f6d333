import { expect, test } from "vitest";
import { parseUrl } from "../../src/model/parse-url.ts";

test("a URL is parsed, relative to a base if given; anything else is undefined", () => {
  expect(parseUrl("https://example.com/a")?.href).toBe("https://example.com/a");
  expect(parseUrl("b", "https://example.com/a/")?.href).toBe("https://example.com/a/b");
  expect(parseUrl("no address")).toBeUndefined();
});

// URL.canParse of Node 20 took it for malformed after some 6,000 calls: the launcher then refused such addresses.
test("a name beyond ASCII is parsed however often", () => {
  for (let count = 0; count < 20_000; count++) {
    expect.soft(parseUrl("https://bücher.example.com")).toBeDefined();
  }
});
