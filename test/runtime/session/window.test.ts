import { EventEmitter } from "node:events";
import { expect, it, vi } from "vitest";
import { watchWindow } from "../../../src/runtime/session/window.ts";
import { eventually } from "../../helpers/eventually.ts";

const spawned = vi.hoisted(() => ({ count: 0, fail: (): unknown => undefined }));
vi.mock("node:child_process", async (original) => ({
  ...(await original<object>()),
  spawn: () => {
    spawned.count += 1;
    return spawned.fail();
  },
}));

// With too many open files Node returns a child without streams: reading those threw an uncaught error in a timer.
it("keeps looking when no program can be started for a while", async () => {
  spawned.fail = () => {
    const child = new EventEmitter();
    queueMicrotask(() => child.emit("error", Object.assign(new Error("spawn EMFILE"), { code: "EMFILE" })));
    return child;
  };
  const end = watchWindow("xfdesktop", {}, () => {});
  await eventually(() => expect(spawned.count).toBeGreaterThan(2));
  end();
});
