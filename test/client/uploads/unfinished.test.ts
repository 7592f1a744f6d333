import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { findUnfinished, fingerprintOf } from "../../../src/client/uploads/unfinished.ts";

const endpoint = "https://host/desk/api/uploads";
const file = { size: 5_000_000, lastModified: 7 };
let kept: Map<string, string>;
/** The offset of each upload on the server, or that the upload no longer exists. */
let server: Map<string, number>;
let asked: string[];
/** What marks the server's answers; a proxy's have nothing. */
let mark: Record<string, string>;

beforeEach(() => {
  kept = new Map();
  server = new Map();
  asked = [];
  mark = { "Kasmix-Gateway": "1" };
  vi.stubGlobal("fetch", async (url: string, { method }: { method: string }) => {
    asked.push(`${method} ${url}`);
    const offset = server.get(url);
    if (offset === -1) throw new Error("no connection");
    if (method === "DELETE") server.delete(url);
    const headers = new Headers({
      ...mark,
      ...(offset === undefined ? {} : { "Upload-Offset": `${offset}` }),
    });
    return { ok: offset !== undefined, status: offset === undefined ? 404 : 200, headers };
  });
});

afterEach(() => void vi.unstubAllGlobals());

function keep(path: string, id: string, from = endpoint): void {
  const value = { uploadUrl: `${from}/${id}`, size: file.size, metadata: { relativePath: path } };
  kept.set(`tus::${fingerprintOf(from, path, file)}::${id}`, JSON.stringify(value));
}

const find = (underWay: readonly string[] = []) =>
  findUnfinished({
    endpoint,
    storage: () =>
      ({
        get length() {
          return kept.size;
        },
        key: (index: number) => [...kept.keys()][index] ?? null,
        getItem: (key: string) => kept.get(key) ?? null,
        removeItem: (key: string) => void kept.delete(key),
      }) as unknown as Storage,
    underWay: async () => new Set(underWay),
  });

test("uploads that the server still has are found, with their progress", async () => {
  keep("films/a::b.mkv", "1");
  server.set(`${endpoint}/1`, 2_000_000);
  expect(await find()).toMatchObject([{ path: "films/a::b.mkv", size: 5_000_000, done: 2_000_000 }]);
});

/** One page load behind a proxy without the workspace, and no upload could be continued any more. */
test("a proxy's 404 does not make the page forget an upload", async () => {
  keep("film.mkv", "1");
  mark = {};
  expect(await find()).toEqual([]);
  expect(kept.size).toBe(1);
});

test("uploads that the server lost or finished are forgotten", async () => {
  keep("gone", "1");
  keep("whole", "2");
  server.set(`${endpoint}/2`, file.size);
  expect(await find()).toEqual([]);
  expect(kept.size).toBe(0);
});

test("without a server nothing is shown and nothing forgotten", async () => {
  keep("a", "1");
  server.set(`${endpoint}/1`, -1);
  expect(await find()).toEqual([]);
  expect(kept.size).toBe(1);
});

test("another tab's uploads are not queried, which would interrupt them", async () => {
  keep("a", "1");
  server.set(`${endpoint}/1`, 1);
  expect(await find([fingerprintOf(endpoint, "a", file)])).toEqual([]);
  expect(asked).toEqual([]);
});

test("other workspaces' uploads and foreign entries are not touched", async () => {
  keep("a", "1", "https://host/other/api/uploads");
  kept.set(`tus::${fingerprintOf(endpoint, "b", file)}::2`, '{"uploadUrl":3}');
  kept.set("kasmix:/desk/", "{}");
  expect(await find()).toEqual([]);
  expect([asked, kept.size]).toEqual([[], 3]);
});

test("a discarded upload is removed on both sides", async () => {
  keep("a", "1");
  server.set(`${endpoint}/1`, 1);
  await (await find())[0]?.discard();
  expect([kept.size, server.size]).toEqual([0, 0]);
});
