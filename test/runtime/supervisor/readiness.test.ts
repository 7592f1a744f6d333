import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { watchReadiness } from "../../../src/runtime/supervisor/readiness.ts";
import { eventually } from "../../helpers/eventually.ts";

/** Watches for a desktop without a display. */
function watchDesktop(patience: number) {
  const told: string[] = [];
  const watched = {
    environment: { PATH: process.env.PATH, DISPLAY: ":4242" },
    onLine() {},
    onNewline() {},
    onImpatient: (message: string) => void told.push(message),
  };
  const readiness = {
    window: "xfdesktop",
    painted: { path: "/nowhere/X9", readCookie: () => Buffer.alloc(16) },
    patience,
  };
  const end = watchReadiness(readiness, watched, () => void told.push("ready"));
  return { told, end };
}

// It counted as ready: with neither window manager nor panel nor desktop /readyz said 200, and nothing repaired it.
it("reports a desktop without its window after a while, and does not count it as ready", async () => {
  const { told, end } = watchDesktop(50);
  await eventually(() => expect(told).toHaveLength(1));
  expect(told[0]).toContain("shows no window xfdesktop after 0.05 s");
  const later = watchDesktop(100);
  await eventually(() => expect(later.told).toHaveLength(1));
  expect(told).toHaveLength(1);
  end();
  later.end();
});

it("logs nothing about a desktop that has ended", async () => {
  const first = watchDesktop(50);
  first.end();
  const second = watchDesktop(100);
  await eventually(() => expect(second.told).toHaveLength(1));
  expect(first.told).toEqual([]);
  second.end();
});

// The desktop was started while the display's keys were still changing.
it("counts a service as ready when it has settled, whether or not that succeeded", async () => {
  for (const end of ["resolve", "reject"] as const) {
    const told: string[] = [];
    let [newline, resolve, reject] = [() => {}, () => {}, () => {}];
    const watched = {
      environment: {},
      onLine() {},
      onNewline: (_fd: number, listener: () => void) => {
        newline = listener;
      },
      onImpatient() {},
    };
    const settle = () => {
      told.push("settling");
      return new Promise<void>((...ends) => {
        [resolve, reject] = ends;
      });
    };
    watchReadiness({ fd: 3, settle }, watched, () => void told.push("ready"));
    expect(told).toEqual([]);
    newline();
    expect(told).toEqual(["settling"]);
    if (end === "resolve") resolve();
    else reject();
    await eventually(() => expect(told).toEqual(["settling", "ready"]));
  }
});

// Only the first process was killed: each attempt left the others of a pipe behind.
it("leaves no process of a cancelled command behind", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kasmix-readiness-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const started = join(folder, "pid");
  const command = ["sh", "-c", `sh -c 'echo $$ > ${started}; exec sleep 1000' | cat`];
  const watched = {
    environment: { PATH: process.env.PATH },
    onLine() {},
    onNewline() {},
    onImpatient() {},
  };
  const end = watchReadiness({ command }, watched, () => {});
  const pid = await eventually(() => {
    const text = readFileSync(started, "utf8");
    expect(text).toMatch(/\n$/);
    return Number(text);
  });
  onTestFinished(() => {
    if (existsSync(`/proc/${pid}`)) process.kill(pid, "SIGKILL");
  });
  end();
  await eventually(() => expect(isAlive(pid)).toBe(false));
});

function isAlive(pid: number): boolean {
  try {
    // A zombie is dead.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
