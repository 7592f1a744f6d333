import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openClients } from "../../../src/runtime/clients/open.ts";
import type { Visitor } from "../../../src/runtime/gateway/visitors.ts";
import { eventually } from "../../helpers/eventually.ts";
import { closed, type Harness, OWNER, openHarness, refused, VIEWER } from "../gateway/harness.ts";

let h: Harness;

beforeEach(async () => {
  h = await openHarness({}, (visitors, log) => [openClients(visitors, log)]);
});

afterEach(() => h.close());

const owner = { authorization: OWNER };
const viewer = { authorization: VIEWER };

async function listed(): Promise<Visitor[]> {
  return JSON.parse((await h.fetch("/api/clients", owner)).body.toString()).clients;
}

async function connect(headers: Record<string, string>, path = "/websockify") {
  const client = h.open(headers, path);
  await once(client, "open");
  return client;
}

describe("the list of connected people", () => {
  it("has role, address, time and name of the page for the owner", async () => {
    const before = Date.now();
    await connect(owner, "/websockify?page=page-1");
    const looking = await connect(viewer, "/websockify?page=<script>");
    await eventually(async () => expect(await listed()).toHaveLength(2));
    const [first, second] = await listed();
    expect(first).toMatchObject({ role: "owner", address: "127.0.0.1", page: "page-1", waiting: 0 });
    expect(second).not.toHaveProperty("page");
    expect(second?.role).toBe("viewer");
    expect(Date.parse(first?.since ?? "")).toBeGreaterThanOrEqual(before);
    looking.close();
    await eventually(async () => expect((await listed()).map(({ role }) => role)).toEqual(["owner"]));
  });

  it("has the number of bytes sent to each", async () => {
    const client = await connect(owner);
    client.send(Buffer.alloc(5_000));
    await eventually(async () => expect((await listed())[0]?.sent).toBe(5_000));
  });

  it("is sent over a WebSocket at every change", async () => {
    const told: string[][] = [];
    const feed = h.open(owner, "/api/clients");
    feed.on("message", (text) =>
      told.push((JSON.parse(String(text)).clients as Visitor[]).map(({ role }) => role)),
    );
    await once(feed, "open");
    const client = await connect(viewer);
    await eventually(() => expect(told.at(-1)).toEqual(["viewer"]));
    client.close();
    await eventually(() => expect(told).toEqual([[], ["viewer"], []]));
    h.gateway.close();
    expect(await closed(feed)).toBe(1001);
  });

  it("is refused to viewers", async () => {
    await connect(owner);
    const [{ id } = { id: "" }] = await eventually(async () => {
      const all = await listed();
      expect(all).toHaveLength(1);
      return all;
    });
    expect(await h.fetch("/api/clients", viewer)).toMatchObject({ status: 403 });
    expect(await h.fetch(`/api/clients/${id}`, viewer, "DELETE")).toMatchObject({ status: 403 });
    expect(await h.fetch("/api/clients", {})).toMatchObject({ status: 401 });
    expect(await refused(h.open(viewer, "/api/clients"))).toBe(403);
    expect(JSON.parse((await h.fetch("/api/services", viewer)).body.toString())).toEqual({});
    expect(await listed()).toHaveLength(1);
  });
});

describe("disconnecting a client", () => {
  it("closes that connection and no other, with a code for the reason", async () => {
    const [mine, theirs] = [await connect(owner), await connect(viewer)];
    await eventually(async () => expect(await listed()).toHaveLength(2));
    const id = (await listed()).find(({ role }) => role === "viewer")?.id;
    const gone = closed(theirs);
    expect(await h.fetch(`/api/clients/${id}`, owner, "DELETE")).toMatchObject({ status: 204 });
    expect(await gone).toBe(4001);
    await eventually(async () => expect((await listed()).map(({ role }) => role)).toEqual(["owner"]));
    expect(mine.readyState).toBe(mine.OPEN);
    expect(h.events("client.dismissed")).toMatchObject([{ id }]);
  });

  it("does not wait for one that has stopped reading", async () => {
    const stuck = await connect(viewer);
    await eventually(async () => expect(await listed()).toHaveLength(1));
    stuck.pause();
    await h.fetch(`/api/clients/${(await listed())[0]?.id}`, owner, "DELETE");
    // The pings would close it too, but only after 30 s.
    await eventually(async () => expect(await listed()).toEqual([]), { timeout: 20_000 });
  });

  it("is refused to foreign pages, and for an unknown client", async () => {
    const foreign = { ...owner, origin: "https://evil.example" };
    expect(await h.fetch("/api/clients/x", foreign, "DELETE")).toMatchObject({ status: 403 });
    expect(await h.fetch("/api/clients/x", owner, "DELETE")).toMatchObject({ status: 404 });
    expect(await h.fetch("/api/clients/x", owner)).toMatchObject({ status: 405 });
  });
});
