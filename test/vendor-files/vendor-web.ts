import { createHash } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { openWeb, type Web } from "../../src/net/http.ts";
import { serve } from "../debian/fixtures.ts";

/** The answer at one of the vendor's addresses: a text, or a listener. */
export type Page = string | Buffer | RequestListener;

/** A vendor on this machine, asked by its https addresses. */
export interface FakeVendor {
  readonly web: Pick<Web, "ask">;
  /** Addresses that were asked for, in order. */
  readonly asked: readonly string[];
}

/**
 * A vendor whose pages have the given addresses; all others are 404. The code under test asks for https addresses, and a
 * server on this machine answers: the model's rule that nothing but https is asked for stays in force.
 */
export async function playVendor(
  pages: Readonly<Record<string, Page>>,
  { silence = 20 }: { readonly silence?: number } = {},
): Promise<FakeVendor> {
  const asked: string[] = [];
  const origin = await serve((request, response) => answer(pages, request, response));
  const web = openWeb({ connections: 4, silence });
  return {
    asked,
    web: {
      ask(url, question) {
        asked.push(url.href);
        return web.ask(new URL(`${origin}/${url.href.slice("https://".length)}`), question);
      },
    },
  };
}

/** A page that sends one elsewhere. */
export function redirectTo(location: string, status = 302): RequestListener {
  return (_request, response) => response.writeHead(status, { location }).end("elsewhere");
}

/** A page with a status and nothing else. */
export function refuseWith(status: number, headers: Readonly<Record<string, string>> = {}): RequestListener {
  return (_request, response) => response.writeHead(status, { ...headers, "content-length": 0 }).end();
}

export function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function answer(
  pages: Readonly<Record<string, Page>>,
  request: IncomingMessage,
  response: ServerResponse<IncomingMessage> & { req: IncomingMessage },
): void {
  const page = pages[`https:/${request.url}`];
  if (typeof page === "function") page(request, response);
  else if (page === undefined) response.writeHead(404, { "content-length": 0 }).end();
  else response.writeHead(200, { "content-length": Buffer.byteLength(page) }).end(page);
}
