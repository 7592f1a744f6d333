import { CYCLONEDX, renderCycloneDx } from "./cyclonedx.ts";
import type { Bill } from "./read.ts";
import { renderSpdx, SPDX } from "./spdx.ts";

/** The formats of an SBOM by their names on the command line. */
export const BILL_FORMATS = {
  cyclonedx: { mediaType: CYCLONEDX, render: renderCycloneDx },
  spdx: { mediaType: SPDX, render: renderSpdx },
} as const;

export type BillFormat = keyof typeof BILL_FORMATS;

/** Whether the word is the name of a format. */
export function isBillFormat(word: string): word is BillFormat {
  return Object.hasOwn(BILL_FORMATS, word);
}

/** The SBOM as a file's text, the same bytes that `kasmix sbom` prints. */
export function renderBill({ subject, parts }: Pick<Bill, "subject" | "parts">, format: BillFormat): string {
  return `${JSON.stringify(BILL_FORMATS[format].render(subject, parts), null, 2)}\n`;
}
