import { DetailedError, type HttpResponse } from "tus-js-client";
import { GATEWAY_HEADER, REFUSAL_HEADER } from "../../wire/answer.ts";
import { isUnreached } from "../answer.ts";
import { formatBytes } from "../bytes.ts";
import { type Text, t, verbatim, type Words } from "../translate.ts";
import { smallestPiece } from "./piece.ts";

/** A file that was not taken, with the reason in words. */
export class NotTaken extends Error {
  /** Whether trying again cannot help. */
  readonly isFinal: boolean;

  constructor(words: Words, isFinal: boolean) {
    super(words);
    this.isFinal = isFinal;
  }
}

/** An answer of a proxy in place of the workspace's. */
export class ForeignAnswer extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`a proxy answers ${status}`);
    this.status = status;
  }
}

/** Throws ForeignAnswer, so that nobody takes a proxy's 404 for the word of the workspace that an upload is gone. */
export function refuseForeign(answer: HttpResponse): void {
  if (!answer.getHeader(GATEWAY_HEADER)) throw new ForeignAnswer(answer.getStatus());
}

/** The proxy's answer behind an error of an upload. */
export function foreignIn(error: Error): ForeignAnswer | undefined {
  const cause = error instanceof DetailedError ? error.causingError : error;
  return cause instanceof ForeignAnswer ? cause : undefined;
}

/** Whether a retry may succeed: no answer, a server that is not up, or an offset that has to be asked for. */
export function mayPass(status: number): boolean {
  return status === 0 || [409, 423, 429].includes(status) || (status >= 500 && status !== 507);
}

/** The reason for the visitor; for rare ones, the server's text. */
export function notTaken(error: Error): NotTaken {
  const foreign = foreignIn(error);
  if (foreign) return new NotTaken(foreignWords(foreign.status), foreign.status === 413);
  const answer = error instanceof DetailedError ? error.originalResponse : null;
  if (!answer) return new NotTaken(t("no connection"), false);
  const [status, said] = [answer.getStatus(), answer.getBody()];
  const known = answer.getHeader(REFUSAL_HEADER) === "origin" ? foreignPage : REFUSALS[status];
  if (known !== undefined) return new NotTaken(t(known), status === 413);
  return new NotTaken(said ? verbatim(said) : t("status {status}", { status }), false);
}

const foreignPage: Text =
  "the workspace takes this page for another site's, because of a proxy in front of it";

const REFUSALS: Readonly<Record<number, Text>> = {
  401: "signed out",
  413: "larger than this workspace accepts",
  507: "not enough space",
};

function foreignWords(status: number): Words {
  if (isUnreached(status)) return t("a proxy does not reach the workspace");
  if (status !== 413) return t("a proxy refuses it (status {status})", { status });
  const size = formatBytes(smallestPiece);
  return t("a proxy in front of the workspace refuses even {size} at a time", { size });
}
