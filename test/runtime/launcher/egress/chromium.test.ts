import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eventually, PATIENCE } from "../../../helpers/eventually.ts";
import { noBrowser } from "./browser.ts";
import { SHUT } from "./harness.ts";
import { openWorld, redirect } from "./world.ts";

describe.skipIf(noBrowser !== "")(`a real browser behind the proxy${noBrowser}`, () => {
  let w: Awaited<ReturnType<typeof openWorld>>;

  beforeAll(async () => {
    w = await openWorld();
  }, PATIENCE);
  afterAll(() => w?.close(), PATIENCE);
  beforeEach(() => w.reset());

  it("opens a page that the policy accepts; the title comes back", async () => {
    const { status, body } = await w.visit("/", "www.open.test");
    expect([status, body]).toEqual([200, { ok: true, frameId: expect.stringMatching(/^[0-9A-F]{32}$/) }]);
    await eventually(async () => expect(await w.page.title()).toBe("Open"));
    const list = await (await fetch(`http://127.0.0.1:${w.cdpPort}/json/list`)).json();
    const shown = {
      id: expect.any(String),
      type: "page",
      title: "Open",
      url: `http://www.open.test:${w.sitePort}/`,
    };
    expect(list).toContainEqual(expect.objectContaining(shown));
    expect(w.audited().at(-1)).toMatchObject({
      verdict: "accepted",
      status: 200,
      frameId: body.frameId,
      url: `http://www.open.test:${w.sitePort}/`,
    });
  });

  it("is not asked to open a refused URL", async () => {
    const before = (await w.visit("/", "stay.open.test")).status;
    await eventually(() => expect(w.page.url()).toBe(`http://stay.open.test:${w.sitePort}/`));
    for (const url of [
      `http://${SHUT}:${w.shutPort}/`,
      `http://www.shut.test:${w.shutPort}/`,
      "file:///etc/passwd",
    ])
      expect(await w.open(url)).toEqual({ status: 400, body: { error: "url rejected by policy" } });
    expect([before, w.page.url()]).toEqual([200, `http://stay.open.test:${w.sitePort}/`]);
  });

  it("reports why a page did not load", async () => {
    expect(await w.open(`https://www.open.test:${w.sitePort}/`)).toMatchObject({
      status: 502,
      body: { error: "net::ERR_SSL_PROTOCOL_ERROR" },
    });
    expect(w.audited().at(-1)).toMatchObject({ reason: "cdp-failure", status: 502 });
  });

  it("is refused by the proxy when a name has changed since the launcher judged it", async () => {
    await w.arrive("rebind.open.test");
    w.state.isRebound = true;
    const fetched = await w.page.evaluate(async () => {
      const response = await fetch("/again");
      return [response.status, response.headers.get("x-kasmix-reason")];
    });
    expect(fetched).toEqual([403, "loopback"]);
  });

  it("is refused too when a name changes between the launcher's lookup and the proxy's", async () => {
    expect(await w.open(`https://race.open.test:${w.sitePort}/`)).toEqual({
      status: 502,
      body: { error: "net::ERR_TUNNEL_CONNECTION_FAILED" },
    });
    expect(w.refusedHosts()).toContain("race.open.test");
  });

  describe("corpus G: redirects", () => {
    it.each([301, 302, 303, 307, 308])(
      "%s to an address that is refused ends at the proxy",
      async (status) => {
        w.state.pages["/away"] = redirect(status, `http://${SHUT}:${w.shutPort}/secret`);
        await w.visit("/away");
        await eventually(async () =>
          expect(await w.page.textContent("body")).toContain("may not open this address"),
        );
        expect(w.page.url()).toBe(`http://${SHUT}:${w.shutPort}/secret`);
        expect(w.shutReached).toEqual([]);
        expect(w.refusedHosts()).toContain(SHUT);
      },
    );

    it("by CONNECT fail the navigation", async () => {
      w.state.pages["/away"] = redirect(302, `https://${SHUT}:${w.shutPort}/secret`);
      expect(await w.visit("/away")).toEqual({
        status: 502,
        body: { error: "net::ERR_TUNNEL_CONNECTION_FAILED" },
      });
      expect(w.shutReached).toEqual([]);
    });

    it("are followed up to the tenth, which is refused", async () => {
      for (let hop = 0; hop < 10; hop += 1)
        w.state.pages[`/hop${hop}`] = redirect(
          302,
          hop < 9 ? `/hop${hop + 1}` : `http://tenth.shut.test:${w.shutPort}/`,
        );
      await w.visitUntilRefused("/hop0", ["tenth.shut.test"], "www.open.test");
      expect(w.shutReached).toEqual([]);
    });

    it.each(["file:///etc/passwd", "chrome://settings", "javascript:alert(1)", "data:text/html,x"])(
      "to %s is refused by the browser",
      async (location) => {
        w.state.pages["/away"] = redirect(302, location);
        const { status, body } = await w.visit("/away");
        expect([status, body.error]).toEqual([502, expect.stringMatching(/^net::ERR_/)]);
      },
    );

    it("from public to private and back stop at the refusal", async () => {
      w.state.pages["/back"] = redirect(302, `http://back.shut.test:${w.shutPort}/`);
      w.state.pages["/forth"] = redirect(302, `http://www.open.test:${w.sitePort}/back`);
      await w.visitUntilRefused("/forth", ["back.shut.test"]);
      expect(w.shutReached).toEqual([]);
    });
  });
});
