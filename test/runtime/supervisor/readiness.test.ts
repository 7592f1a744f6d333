import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { watchReadiness } from "../../../src/runtime/supervisor/readiness.ts";
import { eventually } from "../../helpers/eventually.ts";

/** Watches for a desktop where there is not even a display. */
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

it("takes a desktop without its window for ready after a while, and says so", async () => {
  const { told } = watchDesktop(50);
  await eventually(() => expect(told).toHaveLength(2));
  expect(told[0]).toContain("shows no window xfdesktop after 0.05 s");
  expect(told[1]).toBe("ready");
});

it("says nothing of a desktop that has ended meanwhile", async () => {
  const first = watchDesktop(50);
  first.end();
  const second = watchDesktop(100);
  await eventually(() => expect(second.told).toHaveLength(2));
  expect(first.told).toEqual([]);
});

// The desktop was started while the display's keys were still being changed.
it("takes a service for ready when what belongs to it is settled, however that ends", async () => {
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

// Only its first process was killed: one that hung in a pipe was left behind by every attempt.
it("leaves nothing behind of a command that is given up", async () => {
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
    // One that nobody has reaped is dead all the same.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
