import {
  chmod,
  mkdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  unlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { evaluate } from "../../src/engine/evaluate.ts";
import { NIX_ENVIRONMENT, NIX_OPTIONS } from "../../src/engine/nix.ts";
import { runProcess } from "../../src/engine/process.ts";
import { makeProject } from "../helpers/project.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

let root: string;

/** A derivation of everything that may be read: it is another where Nix sees a difference. */
const EXPRESSION = `{ extra ? "" }: {
  it = derivation {
    name = "it"; system = "x86_64-linux"; builder = "/none"; inherit extra;
    folders = [ ./data ../src ];
    text = builtins.readFile ../package-lock.json;
    names = builtins.attrNames (builtins.readDir ./data);
  };
}
`;

beforeEach(() => {
  root = makeProject({
    ".kasmix/keep": "",
    "nix/default.nix": EXPRESSION,
    "nix/data/one": "one",
    "src/two": "two",
    "package-lock.json": "{}",
    outside: "1",
  });
});

/** The real Nix, and how often it was asked. */
const instantiate = vi.fn(async (args: readonly string[]): Promise<void> => {
  const words = [...args, ...NIX_OPTIONS];
  const { ok, stderr } = await runProcess("nix-instantiate", words, { environment: NIX_ENVIRONMENT });
  if (!ok) throw new Error(stderr);
});

async function evaluated(...words: string[]) {
  instantiate.mockClear();
  const evaluation = await evaluate(root, {
    link: at(".kasmix/it.drv"),
    words: ["--attr", "it", ...words],
    inputs: false,
    instantiate,
  });
  return { ...evaluation, asked: instantiate.mock.calls.length };
}

it("asks Nix once where nothing has changed", async () => {
  const first = await evaluated();
  expect(first.asked).toBe(1);
  expect(await evaluated()).toEqual({ ...first, asked: 0 });
});

const at = (file: string) => path.join(root, file);
const CHANGES: Readonly<Record<string, () => Promise<unknown>>> = {
  "a file's content, with its length and time kept": async () => {
    await writeFile(at("nix/data/one"), "ONE");
    await utimes(at("nix/data/one"), 0, 0);
  },
  "a file that becomes executable": () => chmod(at("nix/data/one"), 0o755),
  "a new file": () => writeFile(at("src/three"), ""),
  "a removed file": () => unlink(at("src/two")),
  "a renamed file": () => rename(at("src/two"), at("src/other")),
  "a new, empty folder": () => mkdir(at("nix/data/empty")),
  "a link in place of a file": async () => {
    await unlink(at("src/two"));
    await symlink("two-itself", at("src/two"));
  },
  "a file at the root": () => writeFile(at("package-lock.json"), "[]"),
};

it.each(Object.entries(CHANGES))("asks again after %s", async (_what, change) => {
  const first = await evaluated();
  await change();
  const second = await evaluated();
  expect(second.asked).toBe(1);
  expect(second.derivation).not.toBe(first.derivation);
});

it("asks again for other arguments, after another one's link, and where the derivation was collected", async () => {
  const first = await evaluated();
  expect((await evaluated("--argstr", "extra", "x")).derivation).not.toBe(first.derivation);
  expect(await evaluated()).toEqual({ ...first, asked: 1 });
  await rm(at(".kasmix/it.drv"));
  await runProcess("nix-store", ["--delete", first.derivation]);
  await symlink(first.derivation, at(".kasmix/it.drv"));
  expect(await evaluated()).toEqual({ ...first, asked: 1 });
  expect(await readFile(first.derivation, "utf8")).toMatch(/^Derive/);
});

it.each(["../outside", "/etc/hostname", "../src/escape"])("Nix refuses to read %s", async (file) => {
  await symlink("../outside", at("src/escape"));
  const where = file.startsWith("/") ? file : `./${file}`;
  await writeFile(
    at("nix/default.nix"),
    EXPRESSION.replace("../package-lock.json", where.replace("./..", "..")),
  );
  await expect(evaluated()).rejects.toThrow("restricted mode");
});

it("does not remember an evaluation during which a file was changed", async () => {
  instantiate.mockImplementationOnce(async (args) => {
    const words = [...args, ...NIX_OPTIONS];
    await runProcess("nix-instantiate", words, { environment: NIX_ENVIRONMENT });
    await writeFile(at("nix/data/one"), "later");
  });
  const first = await evaluate(root, {
    link: at(".kasmix/it.drv"),
    words: ["--attr", "it"],
    inputs: false,
    instantiate,
  });
  const second = await evaluated();
  expect(second.asked).toBe(1);
  expect(second.derivation).not.toBe(first.derivation);
});

it("gives the project's own images as an evaluation without limits does", async () => {
  const name = `evaluate-test-${process.pid}`;
  onTestFinished(async () => {
    for (const end of ["drv", "evaluated"])
      await rm(path.join(PROJECT, ".kasmix", `${name}.${end}`), { force: true });
  });
  await mkdir(path.join(PROJECT, ".kasmix"), { recursive: true });
  const link = path.join(PROJECT, ".kasmix", `${name}.drv`);
  const options = { link, words: ["--attr", "desktop"], inputs: false, instantiate };
  const { derivation, output } = await evaluate(PROJECT, options);
  expect(await readlink(link)).toBe(derivation);
  const asked = { environment: NIX_ENVIRONMENT };
  const free = await runProcess("nix-instantiate", [path.join(PROJECT, "nix"), "--attr", "desktop"], asked);
  expect(free.stdout.trim()).toBe(derivation);
  const outputs = await runProcess("nix-store", ["--query", "--outputs", derivation], asked);
  expect(outputs.stdout.trim()).toBe(output);
});
