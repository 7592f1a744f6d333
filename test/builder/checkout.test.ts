import { chmod, readFile, symlink } from "node:fs/promises";
import path from "node:path";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { extract, pack } from "tar-stream";
import { expect, it } from "vitest";
import { packCheckout, takeLocks } from "../../src/builder/checkout.ts";
import { makeProject } from "../helpers/project.ts";

it("packs what builds read, for the builder's user, whatever the modes are here", async () => {
  const root = makeProject({
    ".git/config": "secret",
    "node_modules/x/index.js": "other platform",
    "test/x.test.ts": "",
    "nix/default.nix": "{ }",
    kasmix: "#!/bin/sh",
  });
  await chmod(path.join(root, "nix/default.nix"), 0o600);
  await chmod(path.join(root, "kasmix"), 0o700);
  await symlink("kasmix", path.join(root, "link"));
  const vendor = { from: path.join(root, "test"), to: "/kasmix/.vendor-files" };
  const target = new PassThrough();
  const [packed] = await Promise.all([buffer(target), packCheckout(root, target, vendor)]);
  const archive = extract();
  Readable.from([packed]).pipe(archive);
  const found = [];
  for await (const entry of archive) {
    const { name, type, mode, uid, linkname } = entry.header;
    found.push([name, type, mode?.toString(8), uid, linkname ?? ""].join(" "));
    entry.resume();
  }
  expect(found.sort()).toEqual([
    expect.stringMatching(/^kasmix\/\.kasmix symlink 755 1000 \/nix\/var\/kasmix\/[0-9a-f]{16}$/),
    "kasmix/.vendor-files directory 755 1000 ",
    "kasmix/.vendor-files/x.test.ts file 644 1000 ",
    "kasmix/kasmix file 755 1000 ",
    "kasmix/link symlink 755 1000 kasmix",
    "kasmix/nix directory 755 1000 ",
    "kasmix/nix/default.nix file 644 1000 ",
  ]);
});

it("takes changed locks out of the builder, and nothing else", async () => {
  const root = makeProject({ "nix/locks/desktop.json": "old", "nix/locks/core.json": "same" });
  const archive = pack();
  const files = {
    "locks/desktop.json": "new",
    "locks/core.json": "same",
    "locks/arm64/core.json": "new",
    "locks/../../kasmix.json": "evil",
    "../kasmix": "evil",
    "locks/kasmix": "evil",
  };
  for (const [name, content] of Object.entries(files)) archive.entry({ name }, content);
  archive.entry({ name: "locks/void.json", type: "symlink", linkname: "/etc/passwd" });
  archive.finalize();
  const paths = ["nix/locks/arm64/core.json", "nix/locks/desktop.json"];
  expect(await takeLocks(root, Readable.from(archive as AsyncIterable<Buffer>))).toEqual(paths);
  for (const name of paths) expect(await readFile(path.join(root, name), "utf8")).toBe("new");
});
