import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runProcess } from "../../src/engine/process.ts";
import { type Checkout, copyProject } from "../helpers/checkout.ts";
import { goProgram } from "../helpers/go.ts";
import { type OwnRegistry, startRegistry } from "../helpers/registry.ts";
import { readTasks, type Task } from "../helpers/tasks.ts";

const NAME = "e2e-xc";
const xc = await goProgram("github.com/joerdav/xc/cmd/xc", "v0.8.6");

describe.skipIf("missing" in xc)(
  `the tasks, by the real xc${"missing" in xc ? ` (skipped: ${xc.missing})` : ""}`,
  () => {
    const checkout = useCheckout();
    const run = (...words: string[]) =>
      checkout().run("path" in xc ? xc.path : "", ["-file", "xc.md", ...words]);

    test("it lists all of them", async () => {
      const { stdout } = await run("-s");
      expect(stdout.trim().split("\n").sort()).toEqual(Object.keys(await checkout().tasks()).sort());
    });

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

interface Place {
  readonly copy: Checkout;
  /** The image's name in the tests' registry. */
  readonly reference: string;
  run(file: string, words: string[]): Promise<{ readonly stdout: string }>;
  tasks(): Promise<Readonly<Record<string, Task>>>;
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
      return outcome;
    },
    tasks: async () => readTasks(await readFile(join(copy.folder, "xc.md"), "utf8")),
  };
}
