import { execFile } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { makeProject } from "../helpers/project.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

/** A checkout whose command line is small. */
function makeCheckout(): string {
  const root = makeProject({
    "src/cli/main.ts": `import { greet } from "../greet.ts";\nconsole.log(greet(process.argv[2] as string));\n`,
    "src/greet.ts": greeting("hello"),
  });
  for (const file of ["src/cli/start.mjs", "src/bundle/bundle.mjs"])
    cpSync(join(PROJECT, file), join(root, file));
  symlinkSync(join(PROJECT, "node_modules"), join(root, "node_modules"));
  return root;
}

function greeting(word: string): string {
  return `export const greet = (name: string): string => ["${word}", name].join(" ");\n`;
}

async function start(root: string, options: { readonly uid?: number } = {}): Promise<string> {
  const { stdout } = await run(process.execPath, [join(root, "src/cli/start.mjs"), "you"], options);
  return stdout.trim();
}

function bundles(root: string): string[] {
  return readdirSync(join(root, ".kasmix/cli")).filter((name) => !name.endsWith(".json"));
}

it("bundles once, also where several start at the same time", async () => {
  const root = makeCheckout();
  expect(await Promise.all([start(root), start(root), start(root)])).toEqual(Array(3).fill("hello you"));
  expect(bundles(root)).toHaveLength(1);
  const made = join(root, ".kasmix/cli", bundles(root)[0] ?? "", "main.mjs");
  const { size } = statSync(made);
  writeFileSync(made, 'console.log("the bundle");//'.padEnd(size, "."));
  expect(await start(root)).toBe("the bundle");
  writeFileSync(made, ""); // as after a loss of power
  expect(await start(root)).toBe("hello you");
});

it("runs what a changed file says, even where the new one looks older and is as long", async () => {
  const root = makeCheckout();
  await start(root);
  const file = join(root, "src/greet.ts");
  const { mtime, size } = statSync(file);
  writeFileSync(file, greeting("howdy"));
  utimesSync(file, mtime, mtime);
  expect(statSync(file).size).toBe(size);
  expect(await start(root)).toBe("howdy you");
});

it("bundles again where the checkout was moved: modules know their place", async () => {
  const root = makeCheckout();
  writeFileSync(
    join(root, "src/greet.ts"),
    'import { readFileSync } from "node:fs";\nexport const greet = () => readFileSync(new URL("greeting", import.meta.url), "utf8");\n',
  );
  writeFileSync(join(root, "src/greeting"), "here");
  expect(await start(root)).toBe("here");
  const moved = makeProject({});
  cpSync(root, moved, { recursive: true });
  writeFileSync(join(moved, "src/greeting"), "there");
  expect(await start(moved)).toBe("there");
});

it.skipIf(process.getuid?.() !== 0)(
  "works in a checkout that this user may not write, and leaves nothing",
  async () => {
    const root = makeCheckout();
    chmodSync(root, 0o755);
    mkdirSync(join(root, ".kasmix"));
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith("kasmix-cli-"));
    expect(await start(root, { uid: 65534 })).toBe("hello you");
    expect(readdirSync(join(root, ".kasmix"))).toEqual([]);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith("kasmix-cli-"))).toEqual(before);
  },
);
