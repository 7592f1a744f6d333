import { once } from "node:events";
import { request } from "node:https";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openClipboard } from "../../../src/runtime/clipboard/open.ts";
import { sidePorts } from "../../../src/runtime/side/ports.ts";
import type { SideOptions } from "../../../src/runtime/side/service.ts";
import { eventually } from "../../helpers/eventually.ts";
import { type Harness, OWNER, openHarness, refused, VIEWER } from "../gateway/harness.ts";
import { canRunX, noisePng, noX, startXServer } from "./x-server.ts";

const owner = { authorization: OWNER };

describe.runIf(canRunX)(`the clipboard at /api/clipboard${noX}`, () => {
  let h: Harness;
  let x: Awaited<ReturnType<typeof startXServer>>;

  beforeEach(async () => {
    x = await startXServer();
  });

  afterEach(async () => {
    h.close();
    await x.stop();
  });

  async function open(environment: NodeJS.ProcessEnv = {}): Promise<void> {
    h = await openHarness({}, (_, log) => {
      const options: SideOptions = {
        environment: { DISPLAY: `:${x.number}`, ...environment },
        directories: { home: x.folder, runtime: x.folder } as SideOptions["directories"],
        ports: sidePorts({}, log),
        log,
      };
      return [openClipboard(options)];
    });
  }

  const get = (type: string, headers: Record<string, string> = owner) =>
    h.fetch(`/api/clipboard/${type}`, headers);
  const state = async () => JSON.parse((await h.fetch("/api/clipboard")).body.toString());

  function put(
    type: string,
    body: Buffer | string,
    headers: Record<string, string> = owner,
  ): Promise<number> {
    return new Promise((resolve, reject) => {
      const asked = request(
        {
          host: "127.0.0.1",
          port: h.port,
          path: "/api/clipboard",
          method: "PUT",
          headers: { ...headers, "content-type": type },
          rejectUnauthorized: false,
          agent: false,
        },
        (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        },
      );
      asked.on("error", reject);
      asked.end(body);
    });
  }

  // 12 kB is transferred in one piece, 3 MB incrementally (INCR), in both directions.
  it.each([64, 1000])("carries a PNG of %i² pixels both ways unchanged", async (side) => {
    await open();
    const picture = noisePng(side);
    expect(await put("image/png", picture)).toBe(200);
    expect((await x.paste("image/png")).equals(picture)).toBe(true);
    const other = noisePng(side + 1);
    await x.copy(other, "image/png");
    await eventually(async () => expect((await state()).types).toEqual(["image/png"]));
    const { status, headers, body } = await get("image/png");
    expect([status, headers["content-type"]]).toEqual([200, "image/png"]);
    expect(body.equals(other)).toBe(true);
  });

  it("carries HTML with its plain text, and never as a page of the gateway", async () => {
    await open();
    const texts = { "text/html": "<b>dé</b>", "text/plain": "dé" };
    expect(await put("application/json", JSON.stringify(texts))).toBe(200);
    expect((await x.paste("text/html")).toString()).toBe("<b>dé</b>");
    expect((await x.paste("UTF8_STRING")).toString()).toBe("dé");
    const targets = (await x.paste("TARGETS")).toString().trim().split("\n");
    expect(targets).toEqual(expect.arrayContaining(["TARGETS", "TIMESTAMP", "text/html", "UTF8_STRING"]));
    await x.copy("<script>alert(1)</script>", "text/html");
    const { headers, body } = await get("text/html");
    expect(body.toString()).toBe("<script>alert(1)</script>");
    expect(headers["content-type"]).toBe("application/octet-stream");
    expect(headers["content-security-policy"]).toContain("sandbox");
  });

  it("announces what is copied on the desktop", async () => {
    await open();
    const told: { types: string[]; serial: number }[] = [];
    const feed = h.open(owner, "/api/clipboard");
    feed.on("message", (text) => told.push(JSON.parse(String(text))));
    await once(feed, "open");
    await eventually(() => expect(told.at(-1)).toEqual({ types: [], serial: 0 }));
    await x.copy(noisePng(4), "image/png");
    await eventually(() => expect(told.at(-1)?.types).toEqual(["image/png"]));
    await x.copy("just text");
    await eventually(() => expect(told.at(-1)?.types).toEqual(["text/plain"]));
    await put("text/html", "<i>x</i>");
    await eventually(() => expect(told.at(-1)?.types).toEqual(["text/html"]));
    expect(told.map(({ serial }) => serial)).toEqual(
      [...told.map(({ serial }) => serial)].sort((a, b) => a - b),
    );
  });

  // XFCE's settings daemon takes over pictures so that they survive their program: each was announced as two changes.
  it("counts content that a clipboard manager takes over once", async () => {
    await open();
    const picture = noisePng(8);
    const manager = await x.manageClipboard(new Map([["image/png", picture]]));
    // A takeover after more than two seconds counts as a change, and a busy machine may be that slow.
    await eventually(async () => {
      const { serial } = await state();
      await x.copy(picture, "image/png");
      await manager.takeOver();
      expect(await state()).toEqual({ types: ["image/png"], serial: serial + 1 });
    });
    expect((await get("image/png")).body).toEqual(picture);
    manager.close();
  });

  it("reconnects after a restart of the display with another cookie", async () => {
    await open();
    const feed = h.open(owner, "/api/clipboard");
    await once(feed, "open");
    expect(await put("text/plain", "before")).toBe(200);
    await x.restart();
    await eventually(async () => expect(await put("text/plain", "after")).toBe(200));
    expect((await x.paste("UTF8_STRING")).toString()).toBe("after");
    const told: string[] = [];
    feed.on("message", (text) => told.push(...JSON.parse(String(text)).types));
    await x.copy("<p>", "text/html");
    await eventually(() => expect(told).toContain("text/html"));
  });

  it("refuses more than the limit in both directions", async () => {
    await open({ KASMIX_CLIPBOARD_LIMIT: "100KiB" });
    const [fits, small, large] = [noisePng(180), noisePng(200), noisePng(700)];
    expect(fits.length).toBeLessThan(102_400);
    expect(await put("image/png", fits)).toBe(200);
    expect(await put("image/png", small)).toBe(413);
    for (const picture of [small, large]) {
      await x.copy(picture, "image/png");
      expect(await get("image/png")).toMatchObject({ status: 413 });
    }
    await x.copy("<p>", "text/html");
    expect((await get("text/html")).body.toString()).toBe("<p>");
  });

  it("refuses a forbidden direction", async () => {
    await open({ KASMIX_CLIPBOARD_UP: "0" });
    expect(await put("image/png", noisePng(4))).toBe(403);
    await x.copy("<p>", "text/html");
    expect(await get("text/html")).toMatchObject({ status: 200 });
    h.close();
    await open({ KASMIX_CLIPBOARD_DOWN: "0" });
    expect(await get("text/html")).toMatchObject({ status: 403 });
    expect(await h.fetch("/api/clipboard")).toMatchObject({ status: 403 });
    expect(await refused(h.open(owner, "/api/clipboard"))).toBe(404);
    expect(await put("image/png", noisePng(4))).toBe(200);
  });

  it("is for the owner only, and refuses foreign pages", async () => {
    await open();
    const viewer = { authorization: VIEWER };
    expect(await get("image/png", viewer)).toMatchObject({ status: 403 });
    expect(await put("image/png", noisePng(4), viewer)).toBe(403);
    expect(await refused(h.open(viewer, "/api/clipboard"))).toBe(403);
    expect(await put("image/png", noisePng(4), { ...owner, origin: "https://evil.example" })).toBe(403);
    expect(await put("image/png", noisePng(4), {})).toBe(401);
  });

  it.each([
    ["image/png", "GIF89a"],
    ["image/svg+xml", "<svg/>"],
    ["application/json", "{"],
    ["application/json", '{"image/png":"x"}'],
    ["application/json", "null"],
    ["application/json", "{}"],
  ])("refuses %s of %j", async (type, body) => {
    await open();
    expect(await put(type, body)).toBe(415);
  });

  it("answers 404 without content and 503 without a display", async () => {
    await open();
    await x.copy("text");
    expect(await get("image/png")).toMatchObject({ status: 404 });
    expect(await get("image/tiff")).toMatchObject({ status: 404 });
    await x.stop();
    expect(await put("text/plain", "x")).toBe(503);
    expect(await get("text/plain")).toMatchObject({ status: 503 });
    expect(await state()).toMatchObject({ types: [] });
  });
});
