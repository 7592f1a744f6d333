import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { closed, type Harness, OWNER, openHarness, refused } from "../gateway/harness.ts";

let h: Harness;

beforeEach(async () => {
  h = await openHarness();
});

afterEach(() => h.close());

/** What a browser sends with an address that a person opens. */
const VISIT = {
  "sec-fetch-mode": "navigate",
  "sec-fetch-dest": "document",
  "sec-fetch-site": "none",
  accept: "text/html,*/*",
};

const visit = async (path: string, headers: Record<string, string> = {}) => {
  const answer = await h.fetch(path, { ...VISIT, ...headers });
  return { ...answer, page: answer.body.toString() };
};

const FORM = {
  "content-type": "application/x-www-form-urlencoded",
  ...VISIT,
  "sec-fetch-site": "same-origin",
};

async function send(fields: Record<string, string>, headers: Record<string, string> = {}, path = "/sign-in") {
  const origin = `https://127.0.0.1:${h.port}`;
  const body = new URLSearchParams(fields).toString();
  const answer = await h.fetch(path, { ...FORM, origin, ...headers }, "POST", h.port, body);
  return { ...answer, page: answer.body.toString(), cookie: cookieOf(answer.headers) };
}

const cookieOf = (headers: { "set-cookie"?: string[] | undefined }) =>
  headers["set-cookie"]?.[0]?.split(";")[0] ?? "";

const RIGHT = { username: "kasm_user", password: "secret" };
const WRONG = { username: "kasm_user", password: "guess" };

describe("a person without a session", () => {
  it.each(["/", "/vnc.html", "/nothing", "/statez", "/api/services"])(
    "gets the page at %s and no challenge, which the browser would answer by a dialog",
    async (path) => {
      const { status, headers, page } = await visit(path);
      expect([status, headers["www-authenticate"]]).toEqual([401, undefined]);
      expect(page).toContain('autocomplete="current-password"');
    },
  );

  it("gets a page that is not kept, runs no script and sends its form nowhere else", async () => {
    const { headers } = await visit("/");
    expect(headers).toMatchObject({
      "cache-control": "no-store",
      "content-type": "text/html; charset=utf-8",
      "referrer-policy": "same-origin",
      "x-content-type-options": "nosniff",
    });
    expect(headers["content-security-policy"]).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'self'$/,
    );
  });

  it.each([
    ["a program", {}],
    ["a frame", { ...VISIT, "sec-fetch-dest": "iframe" }],
    // Plain HTTP from elsewhere, where browsers keep no cookie of ours.
    ["a browser that does not say who asks", { accept: "text/html" }],
  ])("%s gets the challenge as before", async (_, headers) => {
    const answer = await h.fetch("/", headers);
    expect([answer.status, answer.headers["www-authenticate"], answer.body.toString()]).toEqual([
      ...[401, 'Basic realm="Kasmix", charset="UTF-8"', "password needed"],
    ]);
  });

  it("reads it in the browser's language, or in the address's", async () => {
    const german = { "accept-language": "fr;q=0.5, en;q=0.3, de-AT;q=0.9" };
    expect((await visit("/", german)).page).toMatch(/<html lang="de">[\s\S]*Benutzername/);
    expect((await visit("/?lang=en", german)).page).toMatch(/<html lang="en">[\s\S]*User name/);
    // No address of a site.
    expect((await visit("//a:b/[?lang=de", {})).page).toMatch(/<html lang="de">/);
  });

  it("reads the desktop's name, and nothing of what was sent runs", async () => {
    const attack = `"><script>alert(1)</script>&'`;
    const { page } = await visit(`/?${encodeURIComponent(attack)}&"'<b>`);
    expect(page).toContain("<h1>Test</h1>");
    expect(page).not.toMatch(/<script|<b>|"'/);
    const refusedPage = (await send({ username: attack, password: "guess" })).page;
    expect(refusedPage).toContain('value="&#34;&#62;&#60;script&#62;');
    expect(refusedPage).not.toContain("<script");
  });

  // Browsers keep a strict cookie back when a page of another site leads here.
  it("who comes from a page of another site is asked for once more by the page itself", async () => {
    const { page } = await visit("/?lang=de", { "sec-fetch-site": "cross-site" });
    expect(page).toContain('<meta http-equiv="refresh" content="0; url=sign-in?lang=de">');
    const cookie = await h.session();
    const { status, headers } = await visit("/sign-in?lang=de", { "sec-fetch-site": "same-origin", cookie });
    expect([status, headers.location]).toEqual([303, "./?lang=de"]);
    expect((await visit("/sign-in")).page).not.toContain("refresh");
  });
});

describe("the form", () => {
  it("leads back to the page with its query, signed in, and the session opens WebSockets", async () => {
    expect((await visit("/?lang=de")).page).toContain('action="sign-in?lang=de"');
    const { status, headers, cookie } = await send(RIGHT, {}, "/sign-in?lang=de");
    expect([status, headers.location, headers["cache-control"]]).toEqual([
      ...[303, "signed-in?lang=de", "no-store"],
    ]);
    expect(await visit("/signed-in?lang=de", { cookie })).toMatchObject({
      status: 303,
      headers: { location: "./?lang=de" },
    });
    expect((await visit("/?lang=de", { cookie })).page).toContain("desktop");
    const client = h.open({ cookie });
    await once(client, "open");
    client.close();
  });

  it.each([
    ["/", "sign-in"],
    ["/vnc.html?a=1", "sign-in?a=1"],
    ["/statez?a=1", "sign-in"],
    ["/api/services", "../sign-in"],
    ["//evil.example/x", "../../sign-in"],
    ["/..%2f..%2fx", "sign-in"],
  ])("of the page at %s is sent to %s, relative to it", async (path, action) => {
    expect((await visit(path)).page).toContain(`action="${action}"`);
  });

  it("is sent below the path that a proxy leaves", async () => {
    h.close();
    h = await openHarness({ KASMIX_BASE_PATH: "/a/desk/" });
    expect((await visit("/a/desk/?x")).page).toContain('action="sign-in?x"');
    expect((await visit("/a/desk?x")).page).toContain('action="desk/sign-in?x"');
    expect((await visit("/a/desk/api/x")).page).toContain('action="../sign-in"');
    expect(await send(RIGHT, {}, "/a/desk/sign-in")).toMatchObject({ status: 303 });
  });

  it("with a wrong password is answered by the page, with the name that was typed", async () => {
    const { status, page, cookie } = await send({ username: "ada", password: "guess" });
    expect([status, cookie]).toEqual([401, ""]);
    expect(page).toContain("The user name or the password is wrong.");
    expect(page).toContain('value="ada"');
  });

  it("shares the pause after wrong passwords with programs, and says when to try again", async () => {
    const wrong = { authorization: `Basic ${Buffer.from("kasm_user:guess").toString("base64")}` };
    for (let count = 0; count < 3; count += 1) await send(WRONG);
    for (let count = 0; count < 3; count += 1) await h.fetch("/", wrong);
    const { status, headers, page, cookie } = await send(RIGHT);
    expect([status, headers["retry-after"], cookie]).toEqual([429, "2", ""]);
    expect(page).toContain("There were too many failed sign-ins. Try again in 2 seconds.");
    expect(await h.fetch("/", { authorization: OWNER })).toMatchObject({ status: 429 });
  });

  it.each([
    ["another site", { origin: "https://evil.example" }],
    ["another port of the host", { origin: "https://127.0.0.1:1" }],
    ["a page without an origin", { origin: "null" }],
    ["another site's, as the browser says", { "sec-fetch-site": "cross-site" }],
  ])("of %s signs nobody in", async (_, headers) => {
    const { status, page, cookie } = await send(RIGHT, headers);
    expect([status, cookie]).toEqual([403, ""]);
    expect(page).toContain("takes this page for another site&#39;s");
  });

  it("is bounded", async () => {
    expect(await send({ ...RIGHT, more: "x".repeat(9_000) })).toMatchObject({ status: 413 });
  });

  it("always begins a new session, whatever cookie came with it, and ends the one before", async () => {
    const first = await send(RIGHT);
    const second = await send(RIGHT, { cookie: first.cookie });
    expect(second.cookie).not.toBe(first.cookie);
    expect(await visit("/", { cookie: first.cookie })).toMatchObject({ status: 401 });
    const chosen = `${second.cookie.split("=")[0]}=${"a".repeat(43)}`;
    expect((await send(RIGHT, { cookie: chosen })).cookie).not.toBe(chosen);
    expect(await visit("/", { cookie: chosen })).toMatchObject({ status: 401 });
  });

  it("says so when the browser does not keep the cookie", async () => {
    const { status, page } = await visit("/signed-in");
    expect(status).toBe(401);
    expect(page).toContain("did not get your sign-in cookie");
  });
});

describe("signing out", () => {
  const leave = (headers: Record<string, string>) => h.fetch("/sign-out", headers, "POST");

  it("ends the session and its connections, also those of other tabs", async () => {
    const { cookie } = await send(RIGHT);
    const client = h.open({ cookie });
    await once(client, "open");
    const end = closed(client);
    const { status, headers } = await leave({ cookie });
    expect([status, headers["set-cookie"]?.[0]]).toEqual([
      204,
      expect.stringContaining("=; Path=/; Max-Age=0"),
    ]);
    expect(await end).toBe(1006);
    expect(await visit("/", { cookie })).toMatchObject({ status: 401 });
    expect(await refused(h.open({ cookie }))).toBe(401);
  });

  it("leaves other sessions of the user alone", async () => {
    const [mine, other] = [await h.session(), await h.session()];
    await leave({ cookie: mine });
    expect(await visit("/", { cookie: other })).toMatchObject({ status: 200 });
  });

  it("is refused to pages of other sites", async () => {
    const cookie = await h.session();
    expect(await leave({ cookie, origin: "https://evil.example" })).toMatchObject({ status: 403 });
    expect(await h.fetch("/sign-out", { cookie })).toMatchObject({ status: 405 });
    expect(await visit("/", { cookie })).toMatchObject({ status: 200 });
  });

  it("is offered to sessions, not to whoever sends a password with each request", async () => {
    const offered = async (headers: Record<string, string>) =>
      Object.keys(JSON.parse((await h.fetch("/api/services", headers)).body.toString()));
    expect(await offered({ cookie: await h.session() })).toEqual(["sign-out"]);
    expect(await offered({ authorization: OWNER })).toEqual([]);
  });
});
