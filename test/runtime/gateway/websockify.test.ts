import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { ViewerFilter } from "../../../src/runtime/rfb/viewer-filter.ts";
import { eventually } from "../../helpers/eventually.ts";
import { closed, type Harness, OWNER, openHarness, refused, VIEWER } from "./harness.ts";

let h: Harness;

beforeEach(async () => {
  h = await openHarness();
});

afterEach(() => h.close());

describe("the WebSocket", () => {
  it.each([
    ["without a password", {}, 401],
    ["with a wrong one", { authorization: "Basic AAAA" }, 401],
    ["from a foreign page", { authorization: OWNER, origin: "https://evil.example" }, 403],
    ["from a page with an opaque origin", { authorization: OWNER, origin: "null" }, 403],
  ])("is refused %s", async (_, headers, status) => {
    expect(await refused(h.open(headers as Record<string, string>))).toBe(status);
  });

  // Such a page is made by whoever controls the network between browser and workspace.
  it("is refused to an http: page under its own name, and to another site", async () => {
    const own = `127.0.0.1:${h.port}`;
    expect(await refused(h.open({ authorization: OWNER, origin: `http://${own}` }))).toBe(403);
    const foreign = { origin: `https://${own}`, "sec-fetch-site": "cross-site" };
    expect(await refused(h.open({ authorization: OWNER, ...foreign }))).toBe(403);
  });

  it("is refused at another address", async () => {
    expect(await refused(h.open({ authorization: OWNER }, "/elsewhere"))).toBe(404);
  });

  it.each([() => `https://127.0.0.1:${h.port}`, () => "https://kasm.example"])(
    "is open to its own page and allowed ones",
    async (origin) => {
      const client = h.open({ authorization: OWNER, origin: origin() });
      await once(client, "open");
      expect(client.protocol).toBe("binary");
      client.close();
    },
  );

  it("carries bytes both ways unchanged", async () => {
    const client = h.open();
    const sent = Buffer.alloc(3_000_000, "kasmix");
    const received: Buffer[] = [];
    client.on("message", (data: Buffer) => received.push(data));
    await once(client, "open");
    for (let at = 0; at < sent.length; at += 200_000) client.send(sent.subarray(at, at + 200_000));
    await eventually(() => expect(Buffer.concat(received).equals(sent)).toBe(true));
    client.close();
  });

  it("reads from the display only as fast as the browser receives", async () => {
    let offered = 0;
    h.onDisplay = (socket) => {
      socket.on("error", () => {});
      const chunk = Buffer.alloc(64 * 1024);
      const fill = () => {
        while (offered < 512 * 1024 * 1024 && !socket.destroyed) {
          offered += chunk.length;
          if (!socket.write(chunk)) break;
        }
      };
      socket.on("drain", fill);
      fill();
    };
    const client = h.open();
    await once(client, "open");
    client.pause();
    let before = -1;
    await eventually(
      () => {
        const still = offered === before;
        before = offered;
        expect(still).toBe(true);
      },
      { interval: 300 },
    );
    expect(offered).toBeLessThan(64 * 1024 * 1024);
    client.resume();
    await eventually(() => expect(offered).toBeGreaterThan(before + 8 * 1024 * 1024));
    client.terminate();
  });

  it("reads from the browser only as fast as the display reads", async () => {
    let reader: Socket | undefined;
    h.onDisplay = (socket) => {
      reader = socket.pause().on("error", () => {});
    };
    const client = h.open();
    await once(client, "open");
    const chunk = Buffer.alloc(256 * 1024);
    for (let count = 0; count < 192; count += 1) client.send(chunk);
    let before = -1;
    await eventually(
      () => {
        const still = client.bufferedAmount === before;
        before = client.bufferedAmount;
        expect(still && reader !== undefined).toBe(true);
      },
      { interval: 300 },
    );
    expect(before).toBeGreaterThan(96 * chunk.length);
    let taken = 0;
    reader?.on("data", (bytes: Buffer) => {
      taken += bytes.length;
    });
    reader?.resume();
    await eventually(() => expect(taken).toBe(192 * chunk.length));
    client.terminate();
  });

  it("of a viewer passes no key", async () => {
    let received = Buffer.alloc(0);
    h.onDisplay = (socket) => {
      socket.on("error", () => {});
      socket.on("data", (bytes: Buffer) => {
        received = Buffer.concat([received, bytes]);
      });
    };
    const client = h.open({ authorization: VIEWER });
    await once(client, "open");
    const update = Buffer.from([3, 1, 0, 0, 0, 0, 0, 9, 0, 9]);
    client.send(Buffer.concat([Buffer.from("RFB 003.008\n"), Buffer.from([1, 0])]));
    client.send(Buffer.from([4, 1, 0, 0, 0, 0, 0, 97]));
    client.send(update);
    await eventually(() => expect(received.subarray(14)).toEqual(update));
    client.send(Buffer.from([99]));
    expect(await closed(client)).toBe(1008);
  });

  // The filter kept everything after a refused message and copied it with each further message: a viewer could stall
  // the gateway for everybody.
  it("of a refused viewer reads nothing more", async () => {
    const push = vi.spyOn(ViewerFilter.prototype, "push");
    onTestFinished(() => push.mockRestore());
    const client = h.open({ authorization: VIEWER });
    await once(client, "open");
    client.send(Buffer.from("GET / HTTP/1.1\r\n"));
    for (let count = 0; count < 20; count += 1) client.send(Buffer.alloc(256 * 1024));
    expect(await closed(client)).toBe(1008);
    expect(push).toHaveBeenCalledTimes(1);
  });

  it("is closed with 1013 without a display, and works as soon as there is one", async () => {
    h.display.close();
    rmSync(h.displayPath, { force: true });
    expect(await closed(h.open())).toBe(1013);
    h.display = createServer((socket) => h.onDisplay(socket)).listen(h.displayPath);
    const client = h.open();
    await once(client, "open");
    client.send(Buffer.from("x"));
    expect(String((await once(client, "message"))[0])).toBe("x");
    client.close();
  });

  it("is closed with 1012 when the display ends", async () => {
    h.onDisplay = (socket) => socket.destroy();
    expect(await closed(h.open())).toBe(1012);
  });

  // The client was paused because nothing could be written to the display, so its close frame was never read and both
  // sides waited for the next ping.
  it("is closed when the display ends while the client keeps sending", async () => {
    h.onDisplay = (socket) => socket.on("error", () => {}).once("data", () => socket.destroy());
    const client = h.open();
    await once(client, "open");
    for (let count = 0; count < 20_000; count += 1) client.send(Buffer.from("x"));
    expect(await closed(client)).toBe(1012);
  });

  it("is closed with 1013 when too many are open, with 1001 when the container stops", async () => {
    const clients = [h.open(), h.open(), h.open()];
    await Promise.all(clients.map((client) => once(client, "open")));
    expect(await closed(h.open())).toBe(1013);
    const codes = Promise.all(clients.map(closed));
    h.gateway.close();
    expect(await codes).toEqual([1001, 1001, 1001]);
  });

  // The maximum number of viewers locked the owner out.
  it("has a connection reserved for the owner when there are too many viewers", async () => {
    const viewer = { authorization: VIEWER };
    const clients = [h.open(viewer), h.open(viewer)];
    await Promise.all(clients.map((client) => once(client, "open")));
    expect(await closed(h.open(viewer))).toBe(1013);
    const owner = h.open();
    await once(owner, "open");
    owner.send(Buffer.from("x"));
    expect(String((await once(owner, "message"))[0])).toBe("x");
    for (const client of [...clients, owner]) client.terminate();
  });

  it("is closed when the browser does not answer pings", async () => {
    h.gateway.close();
    await h.listen(100);
    let ended = false;
    h.onDisplay = (socket) =>
      socket.resume().on("close", () => {
        ended = true;
      });
    const client = h.open();
    await once(client, "open");
    client.pause();
    await eventually(() => expect(ended).toBe(true));
    client.terminate();
  });

  it("is closed by a message that is too long", async () => {
    const client = h.open();
    await once(client, "open");
    client.send(Buffer.alloc(5 * 1024 * 1024));
    expect(await closed(client)).toBe(1009);
  });
});
