import { expect, test } from "vitest";
import { type BatchState, startBatch, type Transfer } from "../../../src/client/uploads/batch.ts";
import { renderDetail, renderNotes } from "../../../src/client/uploads/row.ts";
import { eventually } from "../../helpers/eventually.ts";

const file = (path: string, size = 10) => ({ path, file: { name: path, size } as File });
const files = (count: number) => Array.from({ length: count }, (_, index) => file(`f${index}`));

/** A batch, and the states it went through. */
function start(wanted: Parameters<typeof startBatch>[0], transfer: Transfer) {
  const states: BatchState[] = [];
  const batch = startBatch(wanted, transfer, (state) => states.push(state));
  const ends = (phase: BatchState["phase"]) => eventually(() => expect(states.at(-1)?.phase).toBe(phase));
  return { states, batch, ends, last: () => states.at(-1) as BatchState };
}

test("three files are uploaded at a time, and all arrive", async () => {
  let [now, most] = [0, 0];
  const { ends, last } = start(files(20), async ({ path }) => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setImmediate(resolve));
    now--;
    return path;
  });
  await ends("done");
  expect(most).toBe(3);
  expect(last()).toMatchObject({ doneFiles: 20, doneBytes: 200, renamed: [], failures: [] });
});

test("progress is reported and never exceeds the total", async () => {
  const { ends, states } = start(files(2), async ({ path }, { onProgress }) => {
    onProgress(5);
    return path;
  });
  await ends("done");
  const seen = states.map(({ doneBytes }) => doneBytes);
  expect(Math.max(...seen)).toBe(20);
  expect(seen).toContain(10);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
});

test("a renamed file is reported", async () => {
  const { ends, last } = start([file("a.txt"), file("b.txt")], async ({ path }) =>
    path === "a.txt" ? "a (1).txt" : path,
  );
  await ends("done");
  expect(last().renamed).toEqual([["a.txt", "a (1).txt"]]);
  expect(renderNotes(last())).toEqual(["a.txt is now a (1).txt"]);
});

test("a failed file does not affect the others, and can be retried", async () => {
  let broken = true;
  const { ends, last, batch } = start(files(5), async ({ path }) => {
    if (broken && path === "f1") throw new Error("no space left");
    return path;
  });
  await ends("failed");
  expect(last()).toMatchObject({
    doneFiles: 4,
    failures: [{ path: "f1", reason: "no space left", isFinal: false }],
  });
  expect(renderDetail(last())).toBe("1 of 5 files not uploaded");
  broken = false;
  batch.retry();
  await ends("done");
  expect(last()).toMatchObject({ doneFiles: 5, doneBytes: 50, failures: [] });
});

/** Behind a file that is too large stood "Retry", which could not help. */
test("what cannot help is not tried again, and stays in the list", async () => {
  const tried: string[] = [];
  const { ends, last, batch } = start(files(3), async ({ path }) => {
    tried.push(path);
    if (path === "f0") throw Object.assign(new Error("too large"), { isFinal: true });
    if (path === "f1" && tried.filter((name) => name === path).length === 1) throw new Error("no connection");
    return path;
  });
  await ends("failed");
  batch.retry();
  await eventually(() => expect(last()).toMatchObject({ phase: "failed", doneFiles: 2 }));
  expect(tried).toEqual(["f0", "f1", "f2", "f1"]);
  expect(last().failures).toEqual([{ path: "f0", reason: "too large", isFinal: true }]);
});

test("cancelling ends running uploads and starts no more", async () => {
  const begun: string[] = [];
  const { batch, last, states } = start(files(10), ({ path }, { signal }) => {
    begun.push(path);
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("cancelled"))));
  });
  batch.cancel();
  const count = states.length;
  await new Promise((resolve) => setImmediate(resolve));
  expect(begun).toHaveLength(3);
  expect([last().phase, states.length]).toEqual(["cancelled", count]);
  expect(renderDetail(last())).toBe("Cancelled after 0 of 10 files");
});

test("a long list of notes is shortened", () => {
  const renamed = Array.from({ length: 30 }, (_, n) => [`${n}`, `${n} (1)`] as const);
  const rest = { files: 30, bytes: 1, doneFiles: 30, doneBytes: 1, failures: [] };
  const state: BatchState = { ...rest, phase: "done", renamed };
  expect(renderNotes(state)).toHaveLength(21);
  expect(renderNotes(state).at(-1)).toBe("and 10 more");
});
