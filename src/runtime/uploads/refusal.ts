/** Why an upload is refused, for its sender. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The refusal for an error of the file system; undefined for errors that only the log explains. */
export function refusalOf(error: unknown): Refused | undefined {
  if (error instanceof Refused) return error;
  const code = (error as NodeJS.ErrnoException | null)?.code ?? "";
  const [status, text] = MEANINGS[code] ?? [];
  return status === undefined ? undefined : new Refused(status, text ?? code);
}

const FULL = [507, "not enough space"] as const;
const UNUSABLE = [500, "~/Uploads is not a writable directory"] as const;
const MEANINGS: Readonly<Record<string, readonly [number, string]>> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  EFBIG: [413, "larger than the file system allows"],
  ENOENT: UNUSABLE,
  ENOTDIR: UNUSABLE,
  ELOOP: UNUSABLE,
  EACCES: UNUSABLE,
  EPERM: UNUSABLE,
  EROFS: UNUSABLE,
};
