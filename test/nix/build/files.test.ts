import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { listArchive } from "./layers.ts";
import { nixLines, ROOT } from "./nix.ts";

const NAMES = ["a\\tb", "ä b", "--help", "x".repeat(120)];
const layers = new Map<string, string>();

beforeAll(async () => {
  const file = (folder: string, name: string, owner: string) =>
    `{ path = ${JSON.stringify(`/${folder}/${name}`)}; owner = "${owner}"; source = builtins.toFile "x" "x"; }`;
  const layer = (name: string) =>
    `(layFiles { name = "test"; files = [ ${file("root", name, "root")} ${file("user", name, "kasm-user")} ]; })`;
  const expression = `let
    inherit ((import ${ROOT}/nix { }).parts) bootstrap tools;
    layFiles = import ${ROOT}/nix/lib/files.nix { inherit bootstrap tools; };
  in [ ${NAMES.map(layer).join(" ")} ]`;
  const paths = await nixLines("nix-build", "--no-out-link", "--expr", expression);
  for (const [index, name] of NAMES.entries()) layers.set(name, paths[index] ?? "");
});

// tar read a backslash as C does and found no such file, and appended no name that is longer than 100 characters.
test.each(NAMES)(
  "a layer has files of any name that a workspace may use, with either owner: %s",
  async (name) => {
    const files = await listArchive(join(layers.get(name) ?? "", "layer.tar"));
    expect([...files].map(([each, { uid, gid }]) => [each, uid, gid])).toEqual([
      ["root", 0, 0],
      [`root/${name}`, 0, 0],
      ["user", 0, 0],
      [`user/${name}`, 1000, 0],
    ]);
  },
);
