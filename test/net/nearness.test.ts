import { expect, it, onTestFinished } from "vitest";
import { askThrough, openWeb, readBody, type Web } from "../../src/net/http.ts";
import { lookupWithin, type Nearness, nearnessOf, TooNear } from "../../src/net/nearness.ts";
import { serve } from "../debian/fixtures.ts";

it.each<[string, Nearness | undefined]>([
  ["93.184.215.14", 0],
  ["[2606:2800:21f:cb07:6820:80da:af6b:8b2c]", 0],
  ["10.1.2.3", 1],
  ["100.64.0.1", 1],
  ["[fd00::1]", 1],
  ["169.254.169.254", 2],
  ["[fe80::1%25eth0]", 2],
  ["127.0.0.1", 3],
  ["0.0.0.0", 3],
  ["[::ffff:127.0.0.1]", 3],
  ["app.localhost", 3],
  ["localhost.", 3],
  ["example.org", undefined],
])("the nearness of %s is %s", (host, nearness) => {
  expect(nearnessOf(host)).toBe(nearness);
});

/** A web whose first address lies on the internet, for all that can be seen. */
function pretend(web: Web, nearness: Nearness): Web {
  return { ...web, nearness: () => nearness };
}

/** A registry could send the check, and everything else that asks the web, to a machine behind the user's firewall. */
it("a redirect leads only to networks that are as near as the first, or farther", async () => {
  const inner = await serve((_request, response) => response.end("inner"));
  const { port } = new URL(inner);
  const web = openWeb({ proxies: {} });
  onTestFinished(() => web.close());
  for (const location of [`http://127.0.0.2:${port}/`, `http://localhost:${port}/`]) {
    const outer = new URL(await serve((_request, response) => response.writeHead(302, { location }).end()));
    await expect(askThrough(pretend(web, 0), outer)).rejects.toBeInstanceOf(TooNear);
    await expect(askThrough(pretend(web, 1), outer)).rejects.toBeInstanceOf(TooNear);
  }
  // From this machine to this machine: the user's own choice.
  const outer = await serve((_request, response) => response.writeHead(302, { location: inner }).end());
  const { answer } = await askThrough(web, new URL(outer));
  expect(String(await readBody(answer, 100))).toBe("inner");
});

/** A name may lead anywhere, and somewhere else the next time: what counts is the address that is connected to. */
it.each([
  [2, "TooNear"],
  [3, "found"],
] as const)("a name is judged by the address that is connected to: up to %s, %s", async (most, outcome) => {
  const noted: unknown[] = [];
  const found = await new Promise((resolve) =>
    lookupWithin(most, (...note) => void noted.push(note))("localhost", { all: true }, (error) =>
      resolve(error instanceof TooNear ? "TooNear" : (error ?? "found")),
    ),
  );
  expect([found, noted]).toEqual([outcome, [["localhost", 3]]]);
});
