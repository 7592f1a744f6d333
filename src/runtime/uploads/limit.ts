import { statfs } from "node:fs/promises";
import type { Log } from "../log/log.ts";
import { Refused } from "./refusal.ts";

/** Bytes that uploads leave free, so that programs can still save their settings. */
const RESERVE = 64 * 1024 ** 2;

/** KASMIX_UPLOAD_LIMIT: bytes of the largest accepted file; undefined without a limit. */
export function uploadLimit(environment: NodeJS.ProcessEnv, log: Log): number | undefined {
  const wanted = environment.KASMIX_UPLOAD_LIMIT?.trim();
  if (!wanted) return undefined;
  const bytes = parseUploadLimit(wanted);
  if (bytes !== undefined) return bytes;
  // A limit was wanted, so an invalid value must not mean no limit.
  const message = `KASMIX_UPLOAD_LIMIT is not a size: write 500MiB or 2GiB. ${FALLBACK / 1024 ** 3}GiB is used instead.`;
  log.error({ event: "uploads.limit", limit: wanted, message });
  return FALLBACK;
}

/** The bytes of a size such as 500MiB; undefined for anything else. */
export function parseUploadLimit(text: string): number | undefined {
  const [, digits, unit = ""] = /^(\d+) *(KiB|MiB|GiB|TiB|)$/.exec(text) ?? [];
  const bytes = Number(digits) * 1024 ** UNITS.indexOf(unit);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

const UNITS = ["", "KiB", "MiB", "GiB", "TiB"];
const FALLBACK = 1024 ** 3;

/** Refuses a file above the limit, or above the free space minus the bytes `promised` to uploads in progress. */
export async function checkSize(
  length: number,
  { limit, folder, promised = 0 }: { limit: number | undefined; folder: string; promised?: number },
): Promise<void> {
  if (limit !== undefined && length > limit)
    throw new Refused(413, `larger than the limit of ${limit} bytes`);
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize - promised - RESERVE;
  if (length > free) throw new Refused(507, `not enough space: ${Math.max(0, free)} bytes are free`);
}
