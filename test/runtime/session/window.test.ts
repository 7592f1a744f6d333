import { EventEmitter } from "node:events";
import { describe, expect, it, vi } from "vitest";
import { describeWindow, watchWindow } from "../../../src/runtime/session/window.ts";
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

describe("a window's description", () => {
  const printed = (type: string, transient = "WM_TRANSIENT_FOR:  not found.") =>
    [
      'WM_CLASS(STRING) = "gimp-3.0", "Gimp"',
      'WM_NAME(STRING) = "GNU Image = 1"',
      "_NET_WM_NAME:  not found.",
      type,
      transient,
    ].join("\n");
  const NORMAL = "_NET_WM_WINDOW_TYPE(ATOM) = _NET_WM_WINDOW_TYPE_NORMAL";

  it("is its class and titles, without the names of the properties", () => {
    expect(describeWindow(printed(NORMAL))).toBe('"gimp-3.0", "Gimp"\n"GNU Image = 1"');
    expect(describeWindow(printed("_NET_WM_WINDOW_TYPE:  not found."))).toContain("Gimp");
  });

  // A splash screen counted as the app: it was maximised, and the app was ready while it still loaded.
  it.each(["SPLASH", "DIALOG"])("is empty for a window of the type %s", (type) => {
    expect(describeWindow(printed(NORMAL.replace("NORMAL", type)))).toBe("");
  });

  it("is empty for a window that belongs to another, whatever its title says", () => {
    expect(describeWindow(printed(NORMAL, "WM_TRANSIENT_FOR(WINDOW): window id # 0x1400007"))).toBe("");
    const title = 'WM_NAME(STRING) = "_NET_WM_WINDOW_TYPE_SPLASH"';
    expect(describeWindow(printed(NORMAL).replace(/WM_NAME.*= 1"/, title))).toContain("Gimp");
  });
});
