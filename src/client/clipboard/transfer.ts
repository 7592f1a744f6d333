import { isOwn } from "../answer.ts";
import { fetchAgain } from "../fetch-again.ts";
import type { Copied } from "./browser.ts";

/** How a transfer went. */
export type Outcome =
  | "done"
  /** The text arrived; its HTML did not, mostly because it is larger than the limit. */
  | "without formatting"
  | "too large"
  /** A proxy refused what is not too large for the gateway. */
  | "refused on the way"
  /** The program on the desktop that owns the content does not answer. */
  | "no answer"
  | "failed";

/** Milliseconds for a transfer, besides those for its bytes. */
const PATIENCE = 30_000;
/** The slowest connection that is waited for, in bytes a millisecond. */
const SLOWEST = 50;

/** Carries content between the page and the desktop's clipboard. */
export class Transfer {
  readonly #address: string;
  readonly #limit: number;
  /** Serial numbers of the desktop clipboard's latest changes that came from this page. */
  readonly #own = new Set<number>();
  #sending: Promise<unknown> = Promise.resolve();
  #fetching = new AbortController();

  /** `limit` is in bytes and holds for each form. */
  constructor(address: string, limit: number) {
    this.#address = address;
    this.#limit = limit;
  }

  /** Puts content into the desktop's clipboard; "done" when the desktop has it. */
  async send({ text, html, png }: Copied): Promise<Outcome> {
    const forms = [
      ...(png === undefined ? [] : [png]),
      ...(text === undefined || (text === "" && html) ? [] : [new Blob([text], { type: "text/plain" })]),
      ...(html === undefined ? [] : [new Blob([html], { type: "text/html" })]),
    ];
    const fitting = forms.filter(({ size }) => size <= this.#limit);
    const [first] = forms;
    if (first === undefined || !fitting.includes(first)) return "too large";
    const sending = this.#put(fitting);
    this.#sending = sending;
    const outcome = await sending;
    return outcome === "done" && fitting.length < forms.length ? "without formatting" : outcome;
  }

  /** Whether this page caused the change; the announcement may arrive before the answer that tells its number. */
  async isOwn(serial: number): Promise<boolean> {
    await this.#sending;
    const isOwn = this.#own.has(serial);
    for (const earlier of this.#own) if (earlier <= serial) this.#own.delete(earlier);
    return isOwn;
  }

  /** Fetches the best of the desktop's content that fits, and ends an earlier fetch. */
  async fetch(types: readonly string[]): Promise<{ readonly outcome: Outcome; readonly copied?: Copied }> {
    this.#fetching.abort();
    const fetching = new AbortController();
    this.#fetching = fetching;
    const get = (type: string) => (types.includes(type) ? this.#get(type, fetching) : NOTHING);
    const html = await get("text/html");
    // A browser that copies a picture from a page adds its address, which is not wanted here.
    const png = html.blob && types.includes("text/plain") ? NOTHING : await get("image/png");
    if (png.blob) return { outcome: "done", copied: { png: new Blob([png.blob], { type: "image/png" }) } };
    if (png.outcome !== "done") return { outcome: png.outcome };
    const text = await get("text/plain");
    if (text.outcome !== "done") return { outcome: text.outcome };
    if (!text.blob && !html.blob) return { outcome: html.outcome };
    const copied = {
      ...(text.blob && { text: await text.blob.text() }),
      ...(html.blob && { html: await html.blob.text() }),
    };
    return { outcome: html.outcome === "done" ? "done" : "without formatting", copied };
  }

  async #put(forms: readonly Blob[]): Promise<Outcome> {
    const body = new FormData();
    // As files, because browsers change line breaks in other fields.
    for (const form of forms) body.append(form.type, form);
    const size = forms.reduce((sum, form) => sum + form.size, 0);
    try {
      const answer = await fetch(this.#address, {
        method: "PUT",
        body,
        signal: AbortSignal.timeout(PATIENCE + size / SLOWEST),
      });
      if (answer.status === 413) return isOwn(answer) ? "too large" : "refused on the way";
      if (!answer.ok || !isOwn(answer)) return "failed";
      const { serial } = (await answer.json()) as { serial: number };
      this.#own.add(serial);
      return "done";
    } catch {
      return "failed";
    }
  }

  /** Without a blob and "done" when the desktop has nothing of this type any more. */
  async #get(type: string, fetching: AbortController): Promise<Got> {
    const timer = setTimeout(() => fetching.abort(), PATIENCE + this.#limit / SLOWEST);
    try {
      const { signal } = fetching;
      const answer = await fetchAgain(`${this.#address}/${type}`, { cache: "no-store", signal });
      if (!isOwn(answer)) return { outcome: "failed" };
      if (answer.ok) return { outcome: "done", blob: await answer.blob() };
      return { outcome: FAILURES[answer.status] ?? "failed" };
    } catch {
      return { outcome: "failed" };
    } finally {
      clearTimeout(timer);
    }
  }
}

interface Got {
  readonly outcome: Outcome;
  readonly blob?: Blob;
}

const NOTHING: Got = { outcome: "done" };

const FAILURES: Readonly<Record<number, Outcome>> = { 404: "done", 413: "too large", 504: "no answer" };
