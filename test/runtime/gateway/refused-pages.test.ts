import { afterEach, beforeEach, expect, it } from "vitest";
import { createRefusedPages } from "../../../src/runtime/gateway/refused-pages.ts";
import { memoryLog } from "../memory-log.ts";
import { type Harness, OWNER, openHarness, refused } from "./harness.ts";

let h: Harness;

beforeEach(async () => {
  h = await openHarness();
});

afterEach(() => h.close());

const OWN = { authorization: OWNER, host: "desk.example" };
const HANDSHAKE = { "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==", "sec-websocket-version": "13" };

const asked = async (page: string) => {
  const { headers, body } = await h.fetch(`/api/refusal?page=${page}`, OWN);
  expect(headers["kasmix-refusal"] ?? "none").toBe(body.toString());
  return body.toString();
};

/** The page took a proxy's 404 or 413 for the gateway's word: nothing told them apart. */
it("every answer is marked as the gateway's, refusals and redirects too", async () => {
  for (const [path, headers, status] of [
    ["/", OWN, 200],
    ["/", {}, 401],
    ["/none", OWN, 404],
    ["/%", OWN, 400],
    ["/readyz", {}, 503],
    ["/healthz", {}, 200],
  ] as const) {
    const answer = await h.fetch(path, headers);
    expect([path, answer.status, answer.headers["kasmix-gateway"]]).toEqual([path, status, "1"]);
  }
  const answers = [
    "GET /websockify HTTP/1.1\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
    "nonsense\r\n\r\n",
  ];
  for (const bytes of answers) expect(await h.raw(bytes)).toMatch(/^HTTP\/1.1 4.*Kasmix-Gateway: 1\r\n/s);
  const plain = await fetch(`http://127.0.0.1:${h.port}/`, { redirect: "manual" });
  expect([plain.status, plain.headers.get("kasmix-gateway")]).toEqual([308, "1"]);
});

/** Behind a proxy that rewrites Host, the page said for ever that the desktop is not ready yet, and the log nothing. */
it("a page under another name is told why, once, and the log names the settings", async () => {
  const origin = "https://public.example";
  expect(await refused(h.open({ ...OWN, origin }, "/websockify?page=p1"))).toBe(403);
  expect(await h.fetch("/api/refusal?page=p1", {})).toMatchObject({ status: 401 });
  expect(await asked("p1")).toBe("origin");
  expect(await asked("p1")).toBe("none");
  const [line] = h.events("gateway.origin-refused");
  expect(line?.message).toContain("A page at https://public.example was refused");
  expect(line?.message).toContain("Host is desk.example");
  expect(line?.message).toContain("KASMIX_ALLOWED_ORIGINS");
});

it("a WebSocket whose Upgrade header a proxy took away is told why, and the log names the headers", async () => {
  const answer = await h.fetch("/websockify?page=p2", { ...OWN, ...HANDSHAKE });
  expect(answer.status).toBe(400);
  expect(await asked("p2")).toBe("upgrade");
  expect(h.events("gateway.upgrade-refused")[0]?.message).toMatch(/\/websockify .* Upgrade and Connection/);
});

it("a WebSocket without the cookie is told so; one that never came, or was accepted, has no cause", async () => {
  expect(await refused(h.open({ host: "desk.example" }, "/websockify?page=p3"))).toBe(401);
  expect(await asked("p3")).toBe("password");
  expect(await asked("p4")).toBe("none");
});

it("many refusals are one line a minute, which counts the others, and few pages in memory", () => {
  let now = 0;
  const { log, events } = memoryLog();
  const pages = createRefusedPages(log, () => now);
  const request = (page: string) => ({ url: `/websockify?page=${page}`, headers: {} }) as never;
  for (let count = 0; count < 1000; count += 1) pages.note("origin", request(`p${count}`));
  expect(events("gateway.origin-refused")).toHaveLength(1);
  now = 60_000;
  pages.note("origin", request("late"));
  expect(events("gateway.origin-refused")[1]).toMatchObject({ unsaid: 999 });
  expect(pages.takeCause(request("p1"))).toBeUndefined();
  expect(pages.takeCause(request("p999"))).toBe("origin");
});
