import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import { wheelFile } from "./wheel-file.ts";

/** For this test, pip has a folder with these wheels as its only index. Gives the folder. */
export function givePip(...files: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "kasmix-index-"));
  for (const file of files) writeFileSync(join(folder, file), wheelFile(file));
  vi.stubEnv("PIP_NO_INDEX", "1");
  vi.stubEnv("PIP_FIND_LINKS", folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
  return folder;
}
