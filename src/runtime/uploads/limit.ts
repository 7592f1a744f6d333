import { statfs } from "node:fs/promises";
import type { Log } from "../log/log.ts";
import { Refused } from "./refusal.ts";

/** Bytes that uploads leave free, so that programs can still save their settings. */
const RESERVE = 64 * 1024 ** 2;

/** KASMIX_UPLOAD_LIMIT: the largest file that is taken, in bytes; undefined for whatever there is space for. */
export function uploadLimit(environment: NodeJS.ProcessEnv, log: Log): number | undefined {
  const wanted = environment.KASMIX_UPLOAD_LIMIT?.trim();
  if (!wanted) return undefined;
  const [, digits, unit = ""] = /^(\d+) *(KiB|MiB|GiB|TiB|)$/.exec(wanted) ?? [];
  const bytes = Number(digits) * 1024 ** UNITS.indexOf(unit);
  if (Number.isSafeInteger(bytes)) return bytes;
  // Somebody wanted a limit: none at all would be the wrong way to fail.
  const message = `KASMIX_UPLOAD_LIMIT is no size: write 500MiB or 2GiB. ${FALLBACK / 1024 ** 3}GiB is taken.`;
  log.error({ event: "uploads.limit", limit: wanted, message });
  return FALLBACK;
}

const UNITS = ["", "KiB", "MiB", "GiB", "TiB"];
const FALLBACK = 1024 ** 3;

/** Refuses a file that is larger than allowed, or than what is free beside what is `promised` to others. */
export async function checkSize(
  length: number,
  { limit, folder, promised = 0 }: { limit: number | undefined; folder: string; promised?: number },
): Promise<void> {
  if (limit !== undefined && length > limit)
    throw new Refused(413, `larger than the limit of ${limit} bytes`);
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize - promised - RESERVE;
  if (length > free) throw new Refused(507, `no space left for it: ${Math.max(0, free)} bytes are free`);
}
