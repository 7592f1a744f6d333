import type { Copied } from "./browser.ts";

/** Milliseconds that pictures may take each way. */
const PATIENCE = 30_000;

/** Carries what is more than text between here and the desktop's clipboard. */
export class Transfer {
  readonly #address: string;
  readonly #limit: number;
  /** Changes of the desktop's clipboard that came from here. */
  readonly #own = new Set<number>();
  #sending: Promise<unknown> = Promise.resolve();

  /** `limit` is in bytes, of each form. */
  constructor(address: string, limit: number) {
    this.#address = address;
    this.#limit = limit;
  }

  /** Whether it is in the desktop's clipboard now. */
  async send(copied: Copied): Promise<boolean> {
    const { type, body } = packed(copied);
    if (body.size > this.#limit) return false;
    const sending = this.#put(type, body);
    this.#sending = sending;
    return await sending;
  }

  /** Whether this change of the desktop's clipboard came from here; it may be told of before that is known. */
  async isOwn(serial: number): Promise<boolean> {
    await this.#sending;
    return this.#own.has(serial);
  }

  /** Gets what is more than text; undefined when that is nothing. */
  async fetch(types: readonly string[]): Promise<Copied | undefined> {
    const get = async (type: string) => (types.includes(type) ? await this.#get(type) : undefined);
    const html = await get("text/html");
    // A browser that copies a picture out of a page tells where it was as well: that is not what was meant.
    const png = html && types.includes("text/plain") ? undefined : await get("image/png");
    if (png) return { png: new Blob([png], { type: "image/png" }) };
    if (!html) return undefined;
    const text = await get("text/plain");
    return { html: await html.text(), ...(text && { text: await text.text() }) };
  }

  async #put(type: string, body: Blob): Promise<boolean> {
    try {
      const signal = AbortSignal.timeout(PATIENCE);
      const answer = await fetch(this.#address, {
        method: "PUT",
        headers: { "Content-Type": type },
        body,
        signal,
      });
      if (!answer.ok) return false;
      const { serial } = (await answer.json()) as { serial: number };
      this.#own.add(serial);
      return true;
    } catch {
      return false;
    }
  }

  async #get(type: string): Promise<Blob | undefined> {
    try {
      const signal = AbortSignal.timeout(PATIENCE);
      const answer = await fetch(`${this.#address}/${type}`, { cache: "no-store", signal });
      return answer.ok ? await answer.blob() : undefined;
    } catch {
      return undefined;
    }
  }
}

function packed({ text, html, png }: Copied): { type: string; body: Blob } {
  if (png !== undefined) return { type: "image/png", body: png };
  const texts = JSON.stringify({
    "text/html": html ?? "",
    ...(text !== undefined && { "text/plain": text }),
  });
  return { type: "application/json", body: new Blob([texts]) };
}
