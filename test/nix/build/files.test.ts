import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, expect, test } from "vitest";
import { listArchive } from "./layers.ts";
import { nix, ROOT } from "./nix.ts";

beforeAll(async () => {
  // The CLI fetches what the builders need from this machine's mirrors.
  await execa("./kasmix", ["build", "desktop"], { cwd: ROOT });
});

// tar read a backslash as C does and found no such file, and appended no name that is longer than 100 characters.
test.each(["a\\tb", "ä b", "--help", "x".repeat(120)])(
  "a layer has files of any name that a workspace can give them, whoever owns them: %s",
  async (name) => {
    const file = (folder: string, owner: string) =>
      `{ path = ${JSON.stringify(`/${folder}/${name}`)}; owner = "${owner}"; source = builtins.toFile "x" "x"; }`;
    const path = await nix(
      "nix-build",
      "--no-out-link",
      "--expr",
      `let inherit ((import ${ROOT}/nix { }).parts) bootstrap tools; in
       import ${ROOT}/nix/lib/files.nix { inherit bootstrap tools; } {
         name = "test"; files = [ ${file("root", "root")} ${file("user", "kasm-user")} ];
       }`,
    );
    const files = await listArchive(join(path, "layer.tar"));
    expect([...files].map(([each, { uid, gid }]) => [each, uid, gid])).toEqual([
      ["root", 0, 0],
      [`root/${name}`, 0, 0],
      ["user", 0, 0],
      [`user/${name}`, 1000, 0],
    ]);
  },
);
