/** Why an upload is not taken, for who sends it. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What a failed write to the disk means for the sender; undefined for what only the log can explain. */
export function refusalOf(error: unknown): Refused | undefined {
  if (error instanceof Refused) return error;
  const code = (error as NodeJS.ErrnoException | null)?.code ?? "";
  const [status, text] = MEANINGS[code] ?? [];
  return status === undefined ? undefined : new Refused(status, text ?? code);
}

const FULL = [507, "no space left for it"] as const;
const UNUSABLE = [500, "~/Uploads is not a directory that can be written"] as const;
const MEANINGS: Readonly<Record<string, readonly [number, string]>> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  EFBIG: [413, "larger than the file system takes"],
  ENOENT: UNUSABLE,
  ENOTDIR: UNUSABLE,
  ELOOP: UNUSABLE,
  EACCES: UNUSABLE,
  EPERM: UNUSABLE,
  EROFS: UNUSABLE,
};
