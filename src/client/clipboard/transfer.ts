import type { Copied } from "./browser.ts";

/** Milliseconds a picture may take each way. */
const PATIENCE = 30_000;

/** Carries rich content between the page and the desktop's clipboard. */
export class Transfer {
  readonly #address: string;
  readonly #limit: number;
  /** Serial numbers of the desktop clipboard's changes that came from this page. */
  readonly #own = new Set<number>();
  #sending: Promise<unknown> = Promise.resolve();

  /** `limit` is in bytes and holds for each form. */
  constructor(address: string, limit: number) {
    this.#address = address;
    this.#limit = limit;
  }

  /** Puts content into the desktop's clipboard. Resolves to whether that succeeded. */
  async send(copied: Copied): Promise<boolean> {
    const { type, body } = packed(copied);
    if (body.size > this.#limit) return false;
    const sending = this.#put(type, body);
    this.#sending = sending;
    return await sending;
  }

  /** Whether this page caused the change; the announcement may arrive before the answer that tells its number. */
  async isOwn(serial: number): Promise<boolean> {
    await this.#sending;
    return this.#own.has(serial);
  }

  /** Fetches the desktop's rich content; undefined when there is only text. */
  async fetch(types: readonly string[]): Promise<Copied | undefined> {
    const get = async (type: string) => (types.includes(type) ? await this.#get(type) : undefined);
    const html = await get("text/html");
    // A browser that copies a picture from a page adds its address, which is not wanted here.
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
