import { formatPatch, OMIT_HEADERS, structuredPatch } from "diff";

/** The change from one text to another in the unified format, without file names; empty for equal texts. */
export function renderDiff(before: string, after: string): string {
  const patch = structuredPatch("", "", before, after, "", "", { context: 3 });
  return patch.hunks.length === 0 ? "" : formatPatch(patch, OMIT_HEADERS);
}
