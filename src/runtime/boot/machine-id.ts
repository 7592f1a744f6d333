import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { writeAtomic } from "../../files/write-atomic.ts";

/**
 * Writes the machine id that D-Bus and applications use to `target`, where the image's /etc/machine-id points to. Each
 * home has its own id, made at the first boot, because the image is the same for everybody.
 */
export function ensureMachineId(home: string, target: string): void {
  const kept = `${home}/.config/kasmix/machine-id`;
  writeAtomic(target, `${readId(kept) ?? makeId(kept)}\n`, 0o644);
}

function readId(path: string): string | undefined {
  try {
    return /^[0-9a-f]{32}$/m.exec(readFileSync(path, "utf8"))?.[0];
  } catch {
    return undefined;
  }
}

function makeId(path: string): string {
  const id = randomBytes(16).toString("hex");
  writeAtomic(path, `${id}\n`, 0o644);
  return id;
}
