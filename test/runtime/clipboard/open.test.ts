import { once } from "node:events";
import { request } from "node:https";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readCookie } from "../../../src/runtime/boot/xauthority.ts";
import { keepSelection } from "../../../src/runtime/clipboard/keep.ts";
import { openClipboard } from "../../../src/runtime/clipboard/open.ts";
import { openSelection } from "../../../src/runtime/clipboard/selection.ts";
import { sidePorts } from "../../../src/runtime/side/ports.ts";
import type { SideOptions } from "../../../src/runtime/side/service.ts";
import { connectX } from "../../../src/runtime/x11/connect.ts";
import { createWindow, internAtom, setSelectionOwner } from "../../../src/runtime/x11/requests.ts";
import { eventually } from "../../helpers/eventually.ts";
import { type Harness, OWNER, openHarness, refused, VIEWER } from "../gateway/harness.ts";
import { memoryLog } from "../memory-log.ts";
import { relayWithout } from "./relay-without.ts";
import { canRunX, noisePng, noX, startXServer } from "./x-server.ts";

/** Number of an X request. */
const SET_SELECTION_OWNER = 22;

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

  /** A form as our page sends it. */
  async function putForm(texts: Readonly<Record<string, string>>): Promise<number> {
    const form = new FormData();
    for (const [type, text] of Object.entries(texts)) form.append(type, new Blob([text], { type }));
    const packed = new Response(form);
    const type = packed.headers.get("content-type") ?? "";
    return await put(type, Buffer.from(await packed.arrayBuffer()));
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
    expect(await putForm({ "text/html": "<b>dé</b>", "text/plain": "dé" })).toBe(200);
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

  // Text went over RFB: more than 256 KiB did not leave the desktop, and 2 MiB emptied its clipboard.
  it("carries 16 MiB of text both ways, and refuses one byte more, which changes nothing", async () => {
    await open();
    const text = "ä€𝄞\n".repeat(2 ** 20).padEnd(15 * 2 ** 20 - 2 ** 20 * 4, "x");
    const most = Buffer.concat([Buffer.from(text), Buffer.alloc(2 ** 24, "y")]).subarray(0, 2 ** 24);
    expect(await put("text/plain", most)).toBe(200);
    expect((await x.paste("UTF8_STRING")).equals(most)).toBe(true);
    expect(await put("text/plain", Buffer.concat([most, Buffer.of(65)]))).toBe(413);
    expect((await x.paste("UTF8_STRING")).equals(most)).toBe(true);
    await x.copy(most.subarray(1));
    await x.copy(most);
    await eventually(async () => expect((await get("text/plain")).body.equals(most)).toBe(true));
    await x.copy(Buffer.concat([most, Buffer.of(65)]));
    await eventually(async () => expect((await get("text/plain")).status).toBe(413));
  });

  // Both went as one JSON text, which was longer than the limit.
  it("applies the limit to a text and its HTML separately", async () => {
    await open({ KASMIX_CLIPBOARD_LIMIT: "100KiB" });
    const text = "\n".repeat(102_400);
    expect(await putForm({ "text/plain": text, "text/html": `<p>${text.slice(3)}` })).toBe(200);
    expect((await x.paste("UTF8_STRING")).equals(Buffer.from(text))).toBe(true);
    expect(await putForm({ "text/plain": "x", "text/html": "h".repeat(102_401) })).toBe(413);
  });

  it("says so when the display server lets nobody own the clipboard", async () => {
    const path = join(x.folder, "deaf.sock");
    const deaf = await relayWithout(SET_SELECTION_OWNER, `/tmp/.X11-unix/X${x.number}`, path);
    const selection = await openSelection({
      path,
      cookie: readCookie(join(x.folder, "Xauthority"), x.number),
      limit: 100,
      onChange() {},
    });
    h = await openHarness();
    await x.copy("the desktop's");
    await expect(selection.give(new Map([["text/plain", Buffer.from("lost")]]))).rejects.toThrow("not taken");
    expect((await x.paste("UTF8_STRING")).toString()).toBe("the desktop's");
    expect((await selection.take("text/plain"))?.toString()).toBe("the desktop's");
    selection.close();
    deaf.close();
  });

  // A program that was busy with a long text for some seconds counted as an empty clipboard, without a word.
  it("tells a program that does not answer from an empty clipboard", async () => {
    const readX = () => readCookie(join(x.folder, "Xauthority"), x.number);
    h = await openHarness();
    const kept = keepSelection({
      path: `/tmp/.X11-unix/X${x.number}`,
      readCookie: readX,
      limit: 100,
      patience: 50,
      isWanted: () => true,
      onChange() {},
      log: memoryLog().log,
    });
    expect(await kept.state()).toEqual({ types: [], serial: 0 });
    const silent = await connectX(`/tmp/.X11-unix/X${x.number}`, readX());
    const window = silent.newId();
    silent.send(createWindow(window, silent.root));
    const clipboard = (await silent.ask(internAtom("CLIPBOARD"))).readUInt32LE(8);
    silent.send(setSelectionOwner(window, clipboard, 0));
    await eventually(async () =>
      expect(await kept.state()).toEqual({ types: [], serial: 1, isSilent: true }),
    );
    silent.close();
    kept.close();
  });

  it("carries text that is only marked, as terminals do, and text for the middle mouse button", async () => {
    await open();
    await x.copy("copied");
    await eventually(async () => expect((await get("text/plain")).body.toString()).toBe("copied"));
    await x.copy("marked", "UTF8_STRING", "primary");
    await eventually(async () => expect((await get("text/plain")).body.toString()).toBe("marked"));
    expect((await x.paste("UTF8_STRING")).toString()).toBe("copied");
    expect(await put("text/plain", "für beide")).toBe(200);
    expect((await x.paste("UTF8_STRING", 20_000, "primary")).toString()).toBe("für beide");
    expect((await get("text/plain")).body.toString()).toBe("für beide");
    await x.copy("copied again");
    await eventually(async () => expect((await get("text/plain")).body.toString()).toBe("copied again"));
  });

  // A picture that is marked in an image viewer must not hide what was copied.
  it("ignores what is marked without text", async () => {
    await open();
    await x.copy("copied");
    await eventually(async () => expect(await state()).toMatchObject({ types: ["text/plain"] }));
    const { serial } = await state();
    await x.copy(noisePng(4), "image/png", "primary");
    expect(await state()).toEqual({ types: ["text/plain"], serial });
  });

  it("reads and gives Latin-1 to programs that know nothing else", async () => {
    await open();
    await x.copy(Buffer.from("dé", "latin1"), "STRING");
    await eventually(async () => expect((await get("text/plain")).body.toString()).toBe("dé"));
    expect(await put("text/plain", "dé €𝄞")).toBe(200);
    expect((await x.paste("STRING")).toString("latin1")).toBe("dé ??");
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

  it("is not for viewers, and refuses foreign pages", async () => {
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
    ["application/json", "{}"],
    ["multipart/form-data", "x"],
    ["multipart/form-data; boundary=x", "--x--\r\n"],
    [
      "multipart/form-data; boundary=x",
      '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n',
    ],
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
