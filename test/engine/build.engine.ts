import { once } from "node:events";
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { buildImage, currentBuild, findLastBuild, lastBuild } from "../../src/engine/build.ts";
import { eventually } from "../helpers/eventually.ts";
import { busyboxLayer } from "./helpers/busybox.ts";
import { makeLayout } from "./helpers/layout.ts";

let root: string;

/** A project whose images a static busybox builds, with the real Nix and its sandbox. */
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "kasmix-build-"));
  await chmod(root, 0o755); // Nix builds, and so reads a file: address, as another user
  await mkdir(path.join(root, "nix/layout"), { recursive: true });
  await mkdir(path.join(root, "nix/bin"));
  const [busybox] = await busyboxLayer();
  await writeFile(path.join(root, "nix/bin/busybox"), busybox?.content ?? "", { mode: 0o755 });
  const layout = await makeLayout({ name: "kasmix/tiny", layers: [[{ name: "file", content: root }]] });
  for (const name of ["image.json", "index.json", "oci-layout"]) {
    await copyFile(path.join(layout, name), path.join(root, "nix/layout", name));
  }
  const blobs = path.join(root, "nix/layout/blobs/sha256");
  await mkdir(blobs, { recursive: true });
  for (const name of await readdir(path.join(layout, "blobs/sha256"))) {
    await copyFile(path.join(layout, "blobs/sha256", name), path.join(blobs, name));
  }
  await rm(layout, { recursive: true });
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true });
});

/** Writes a default.nix whose `tiny` runs this script; the project's own folder makes it different in each test. */
async function project(script: string, attributes = "", head = ""): Promise<void> {
  const text = `${head}{
    tiny = derivation {
      name = "tiny-image";
      system = builtins.currentSystem;
      builder = "\${./bin}/busybox";
      args = [ "sh" "-euc" ${JSON.stringify(script)} ];
      layout = ./layout;
      root = ${JSON.stringify(root)};
      ${attributes}
    };
  }`;
  await writeFile(path.join(root, "nix/default.nix"), text);
}

const COPY = "$builder cp -r $layout $out";

it("builds an image once, and finds it again without preparing anything", async () => {
  await project(COPY);
  const prepare = vi.fn(async () => ({}));
  const built = await buildImage(root, "tiny", { prepare });
  expect(built).toMatchObject({ unchanged: false, image: { name: "kasmix/tiny" } });
  expect(prepare).toHaveBeenCalledOnce();
  expect(prepare).toHaveBeenCalledWith(expect.stringMatching(/^\/nix\/store\/.*-tiny-image\.drv$/));
  expect(await buildImage(root, "tiny", { prepare })).toEqual({ ...built, unchanged: true });
  expect(prepare).toHaveBeenCalledOnce();
  expect((await lastBuild(root, "tiny")).path).toBe(built.path);
});

it("builds what the preparation changed", async () => {
  await project("exit 1");
  const prepare = async () => {
    await project(COPY);
    return {};
  };
  const built = await buildImage(root, "tiny", { prepare });
  expect(built.image.name).toBe("kasmix/tiny");
});

it("builds without what the preparation leaves out, and knows that image as current until the whole one is built", async () => {
  await project(COPY, 'whole = if withoutWheels then "no" else "yes";', "{ withoutWheels ? false }: ");
  const preparing = (withoutWheels: boolean) => vi.fn(async () => ({ withoutWheels }));
  const less = await buildImage(root, "tiny", { prepare: preparing(true) });
  expect((await currentBuild(root, "tiny")).path).toBe(less.path);
  const again = preparing(true);
  expect(await buildImage(root, "tiny", { prepare: again })).toEqual({ ...less, unchanged: true });
  expect(again).toHaveBeenCalledOnce();
  const whole = await buildImage(root, "tiny", { prepare: preparing(false) });
  expect(whole).toMatchObject({ unchanged: false });
  expect(whole.path).not.toBe(less.path);
  const never = preparing(true);
  expect(await buildImage(root, "tiny", { prepare: never })).toEqual({ ...whole, unchanged: true });
  expect(never).not.toHaveBeenCalled();
});

it("says that nothing has been built yet", async () => {
  expect(await findLastBuild(root, "tiny")).toBeUndefined();
  await expect(lastBuild(root, "tiny")).rejects.toMatchObject({ code: "E_BUILD" });
});

it("shows the last lines of a build that failed, and leaves the last image's link alone", async () => {
  await project(COPY);
  const { path: good } = await buildImage(root, "tiny");
  await project("echo first; echo the reason >&2; exit 3");
  const lines: string[] = [];
  const failing = buildImage(root, "tiny", { onLine: (line) => lines.push(line) });
  await expect(failing).rejects.toMatchObject({
    code: "E_BUILD",
    message: "The build of tiny-image failed.",
    faults: [{ message: "first\nthe reason" }],
  });
  expect(lines).toContain("tiny-image> the reason");
  expect(await findLastBuild(root, "tiny")).toBe(good);
});

it("shows where the Nix expression is wrong", async () => {
  await project(COPY, "oops = undefinedName;");
  await expect(buildImage(root, "tiny")).rejects.toMatchObject({
    code: "E_BUILD",
    faults: [{ message: expect.stringContaining("undefinedName") }],
  });
  await expect(buildImage(root, "other")).rejects.toMatchObject({ code: "E_BUILD" });
});

it("tells a file with a wrong hash and a missing file from a failed build", async () => {
  const server = createServer((request, response) => {
    response.writeHead(request.url === "/there" ? 200 : 404).end("not what was pinned");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const fetch = (file: string): string => `input = derivation {
    name = "file"; builder = "builtin:fetchurl"; system = "builtin"; url = "http://127.0.0.1:${port}/${file}";
    outputHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; outputHashMode = "flat";
    outputHashAlgo = null; executable = false; unpack = false;
  };`;
  try {
    await project(COPY, fetch("there"));
    const wrong = { code: "E_FETCH", message: "A downloaded file does not have the pinned hash." };
    await expect(buildImage(root, "tiny")).rejects.toMatchObject(wrong);
    await project(COPY, fetch("gone"));
    const gone = { code: "E_FETCH", message: "A file could not be downloaded." };
    await expect(buildImage(root, "tiny")).rejects.toMatchObject(gone);
  } finally {
    server.close();
  }
});

it("builds the image of a name's suffix, and keeps it beside the other", async () => {
  await project(COPY);
  const text = await readFile(path.join(root, "nix/default.nix"), "utf8");
  const other = text
    .replace("tiny = derivation", '"tiny-kasmvnc" = derivation')
    .replace("tiny-image", "other-image");
  await writeFile(path.join(root, "nix/default.nix"), `${text} // ${other}`);
  const built = await buildImage(root, "tiny", { suffix: "-kasmvnc", inputs: true });
  expect(built.path).toMatch(/-other-image$/);
  expect((await lastBuild(root, "tiny", { suffix: "-kasmvnc" })).path).toBe(built.path);
  await expect(lastBuild(root, "tiny")).rejects.toMatchObject({ fix: "./kasmix build tiny" });
  await expect(lastBuild(root, "tiny", { suffix: "-nixpkgs" })).rejects.toMatchObject({
    message: 'The workspace "tiny-nixpkgs" has not been built yet.',
    fix: "./kasmix build tiny-nixpkgs",
  });
});

it("says where the flake's inputs come from when they cannot be fetched", async () => {
  const input = `input = builtins.fetchTarball { url = "http://127.0.0.1:1/nixpkgs"; sha256 = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; };`;
  await project(COPY, input);
  await expect(buildImage(root, "tiny", { inputs: true })).rejects.toMatchObject({
    code: "E_FETCH",
    message: expect.stringMatching(/^tiny is built from sources on GitHub that flake\.lock pins/),
    faults: [{ message: expect.stringContaining("127.0.0.1:1/nixpkgs") }],
    fix: expect.stringContaining("nix build .#tiny"),
  });
});

it("builds in the sandbox, without network, whatever the user's settings", async () => {
  vi.stubEnv("NIX_CONFIG", "sandbox = false\nsandbox-fallback = true");
  const closed = "[ ! -e /etc/os-release ] && [ ! -e /root ] && [ ! -e /tmp/kasmix-probe ]";
  await project(`${closed}; ! $builder ip route | $builder grep -q . || exit 9; ${COPY}`);
  await buildImage(root, "tiny");
});

it("ends a build on an interruption and leaves no process", async () => {
  const mark = `kasmix-mark-${process.pid}`;
  await project(`echo ${mark}; $builder sleep 1000; : ${mark}`);
  const controller = new AbortController();
  const onLine = (line: string): void => {
    if (line.includes(mark)) controller.abort();
  };
  await expect(buildImage(root, "tiny", { signal: controller.signal, onLine })).rejects.toThrow();
  await eventually(async () => expect(await processesWith(mark)).toEqual([]));
});

async function processesWith(text: string): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^[0-9]+$/.test(name));
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
  );
  return lines.filter((line) => line.includes(text));
}
