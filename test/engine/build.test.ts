import { chmodSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { currentBuild } from "../../src/engine/build.ts";
import { makeProject } from "../helpers/project.ts";
import { makeLayout } from "./helpers/layout.ts";

/** A stand-in for Nix's command that evaluates. */
const EVALUATE = `#!/bin/sh
while [ "$1" != --add-root ]; do shift; done
echo 'Derive([("out","/nix/store/another-image","","")],[],[],"","",[],[])' > "$2.file"
ln -sfn "$2.file" "$2"
`;

/** It named the workspace and its command, which builds another image. */
it("the error for an outdated image has the image's name, and so has the command that builds it", async () => {
  const root = makeProject({ "nix-instantiate": EVALUATE, ".kasmix/x": "" });
  chmodSync(join(root, "nix-instantiate"), 0o755);
  const layout = await makeLayout({ name: "kasmix/x", layers: [] });
  onTestFinished(() => rmSync(layout, { recursive: true }));
  symlinkSync(layout, join(root, ".kasmix/result-desktop-kasmvnc"));
  const before = process.env.PATH;
  process.env.PATH = `${root}:${before}`;
  onTestFinished(() => {
    process.env.PATH = before;
  });
  await expect(currentBuild(root, "desktop", { suffix: "-kasmvnc" })).rejects.toMatchObject({
    code: "E_STALE",
    message: expect.stringContaining('"desktop-kasmvnc"'),
    fix: "Build it again: ./kasmix build desktop-kasmvnc",
  });
});
