import type { Attachment } from "../oci/artifact.ts";
import { IN_TOTO, type Origin, type Pushed, renderProvenance, SLSA } from "./provenance.ts";
import type { Bill } from "./read.ts";
import { BILL_FORMATS, type BillFormat, renderBill } from "./render.ts";

/** The attestations that `kasmix push` attaches to an image: the SBOM in both formats and the provenance. */
export function renderAttachments(bill: Bill, origin: Origin, pushed: Pushed): Attachment[] {
  const bills = Object.keys(BILL_FORMATS).map((name) => {
    const format = name as BillFormat;
    return { mediaType: BILL_FORMATS[format].mediaType, content: Buffer.from(renderBill(bill, format)) };
  });
  const statement = renderProvenance(pushed, bill.subject, origin);
  const provenance = {
    mediaType: IN_TOTO,
    content: Buffer.from(`${JSON.stringify(statement, null, 2)}\n`),
    // By this annotation, other programs find it among several statements.
    annotations: { "in-toto.io/predicate-type": SLSA },
  };
  return [...bills, provenance];
}
