import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Why tests that evaluate are left out on this machine, or `undefined` where they can run. */
export const noNix: string | undefined = whyNoNix();

/** The value of a Nix expression, fully evaluated, as JSON. One process for the whole text. */
export function evaluate(text: string): unknown {
  const folder = mkdtempSync(join(tmpdir(), "kasmix-nix-"));
  try {
    const file = join(folder, "expression.nix");
    writeFileSync(file, text);
    const args = ["--eval", "--strict", "--json", "--readonly-mode", file];
    const state = { NIX_STATE_DIR: join(folder, "state"), NIX_STORE_DIR: join(folder, "store") };
    const env = { ...process.env, ...state, NIX_REMOTE: "" };
    const output = execFileSync("nix-instantiate", args, {
      encoding: "utf8",
      env,
      stdio: "pipe",
      maxBuffer: 2 ** 28,
    });
    return JSON.parse(output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function whyNoNix(): string | undefined {
  try {
    execFileSync("nix-instantiate", ["--version"], { stdio: "pipe" });
    return undefined;
  } catch {
    return "nix-instantiate is not on PATH";
  }
}
