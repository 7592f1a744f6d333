import { chmod, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runProcess } from "../../src/engine/process.ts";
import { type Checkout, copyProject } from "../helpers/checkout.ts";
import { goProgram } from "../helpers/go.ts";
import { type OwnRegistry, startRegistry } from "../helpers/registry.ts";
import { readTasks, type Task } from "../helpers/tasks.ts";

const ROOT = join(import.meta.dirname, "../..");
const NAME = "e2e-xc";
/** The version of `nix develop`, and the newest. */
const VERSIONS = await Promise.all(
  ["v0.8.6", "latest"].map(async (version) => {
    const xc = await goProgram("github.com/joerdav/xc", "cmd/xc", version);
    return { title: "missing" in xc ? `${version} (skipped: ${xc.missing})` : xc.version, xc };
  }),
);

describe.each(VERSIONS.map(({ title, xc }) => [title, xc] as const))(
  "the tasks, by the real xc %s",
  (_, xc) => {
    const path = "path" in xc ? xc.path : "";
    const checkout = useTasks();
    /** What the task calls, and what xc prints besides. */
    const call = async (words: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
      const { folder: cwd } = checkout();
      const { ok, stdout, stderr } = await runProcess(path, words, { cwd, environment });
      expect({ words, ok, stderr }).toMatchObject({ ok: true });
      return { calls: stdout.match(/<.*>$/gm) ?? [], said: stdout + stderr };
    };

    test.skipIf("missing" in xc)("it lists all of them, without a warning", async () => {
      const { stdout, stderr } = await runProcess(path, ["-file", "xc.md", "-s"], { cwd: checkout().folder });
      expect(stdout.trim().split("\n").sort()).toEqual(Object.keys(checkout().tasks).sort());
      expect(stderr).toBe("");
    });

    /** `Interactive: true` made xc 0.9 print four lines at every call; `Inputs` made it insist on a reference. */
    test.skipIf("missing" in xc)(
      "they call the command line, with the arguments that are given",
      async () => {
        expect(await call(["browser-open"])).toMatchObject({ calls: ["<open desktop>"] });
        const push = ["-file", "xc.md", "desktop-push"];
        const [built, at] = ["<build desktop>", "localhost:5000/desktop:1.0"];
        expect(await call(push)).toMatchObject({ calls: [built, "<push desktop>"] });
        expect(await call([...push, at])).toMatchObject({ calls: [built, `<push desktop ${at}>`] });
        expect(await call(push, { REFERENCE: at })).toMatchObject({ calls: [built, `<push desktop ${at}>`] });
        const pull = await call(["-file", "xc.md", "desktop-pull", at]);
        expect(pull.calls).toEqual([`<pull desktop ${at}>`, "<run desktop --image kasmix/desktop:latest>"]);
        expect(pull.said).not.toMatch(/warning|deprecated/i);
      },
    );
  },
);

const [newest] = VERSIONS.flatMap(({ xc }) => ("path" in xc ? [xc.path] : [])).slice(-1);

describe.skipIf(newest === undefined)(
  "the tasks of a workspace, by the newest xc (skipped without one)",
  () => {
    const checkout = useCheckout();
    const run = (...words: string[]) => checkout().run(newest ?? "", ["-file", "xc.md", ...words]);

    test("they build, load and upgrade, and the desktop is ready", async () => {
      for (const name of ["build", "load", "upgrade"]) await run(`${NAME}-${name}`);
      expect(await checkout().copy.json("status", NAME)).toMatchObject({ state: "running", ready: true });
    });

    test("they push to a registry, and the pulled image runs", async () => {
      await run(`${NAME}-push`, checkout().reference);
      await checkout().copy.forget();
      await run(`${NAME}-pull`, checkout().reference);
      expect(await checkout().copy.json("status", NAME)).toMatchObject({ state: "running", ready: true });
      await run(`${NAME}-down`);
      expect(await checkout().copy.json("status", NAME)).toMatchObject({ state: "absent" });
    });
  },
);

/** The project's own tasks beside a `./kasmix` that only says what it was called with. */
function useTasks(): () => { readonly folder: string; readonly tasks: Readonly<Record<string, Task>> } {
  let [folder, tasks]: [string, Readonly<Record<string, Task>>] = ["", {}];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kasmix-xc-"));
    for (const file of ["README.md", "xc.md"]) await cp(join(ROOT, file), join(folder, file));
    await writeFile(join(folder, "kasmix"), '#!/bin/sh\necho "<$*>"\n', { mode: 0o755 });
    tasks = readTasks(await readFile(join(folder, "xc.md"), "utf8"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return () => ({ folder, tasks });
}

interface Place {
  readonly copy: Checkout;
  /** The image's name in the tests' registry. */
  readonly reference: string;
  run(file: string, words: string[]): Promise<void>;
}

/** A copy of the project whose xc.md has the tasks of its workspace, and a registry. */
function useCheckout(): () => Place {
  let [registry, place]: [OwnRegistry?, Place?] = [];
  beforeAll(async () => {
    registry = await startRegistry();
    place = await openPlace(registry);
  });
  afterAll(async () => {
    await place?.copy.remove();
    await registry?.stop();
  });
  return () => place as Place;
}

async function openPlace({ host }: OwnRegistry): Promise<Place> {
  const copy = await copyProject(NAME);
  // Replaces the launcher, which would install outdated packages through the copy's link.
  const launcher = join(copy.folder, "kasmix");
  await writeFile(launcher, '#!/bin/sh\nexec node --import tsx "$(dirname "$0")/src/cli/main.ts" "$@"\n');
  await chmod(launcher, 0o755);
  await copy.json("generate");
  const reference = `${host}/team/${NAME}:1.0`;
  return {
    copy,
    reference,
    async run(file, words) {
      const { folder: cwd, environment } = copy;
      const outcome = await runProcess(file, words, { cwd, environment });
      expect({ words, ...outcome }).toMatchObject({ ok: true });
    },
  };
}
