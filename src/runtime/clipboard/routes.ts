import type { ServerResponse } from "node:http";
import { BODIES, sendBusy } from "../gateway/body-budget.ts";
import { readBody } from "../gateway/read-body.ts";
import type { Exchange, Route } from "../gateway/route.ts";
import { send, sendJson, sendText } from "../gateway/send.ts";
import { type ClipboardType, TYPES } from "./atoms.ts";
import type { KeptSelection } from "./keep.ts";
import { parseContents } from "./parse-contents.ts";
import type { ClipboardPolicy } from "./policy.ts";
import { ClipboardRefusal } from "./take.ts";

const ADDRESS = "/api/clipboard";

/** Bytes of a multipart body besides its contents. */
const OVERHEAD = 64 * 1024;

/** The clipboard over HTTP: its types, its content in each type, and setting it. */
export function clipboardRoutes(policy: ClipboardPolicy, selection: KeptSelection): Route[] {
  const give = (exchange: Exchange) => takeUpload(policy, selection, exchange);
  return [
    {
      path: ADDRESS,
      needs: "participant",
      methods: ["GET", "HEAD", "PUT"],
      async handle(exchange) {
        if (exchange.request.method === "PUT") return await give(exchange);
        if (!policy.down) return forbid(exchange.response, "out of");
        sendJson(exchange.response, await selection.state());
      },
    },
    {
      path: `${ADDRESS}/*`,
      needs: "participant",
      handle: (exchange) => sendForm(policy, selection, exchange),
    },
  ];
}

async function sendForm(
  policy: ClipboardPolicy,
  selection: KeptSelection,
  exchange: Exchange,
): Promise<void> {
  const { path, response } = exchange;
  const type = TYPES.find((candidate) => path === `${ADDRESS}/${candidate}`);
  if (!policy.down) return forbid(response, "out of");
  if (!type) return sendText(response, 404, `the types are ${TYPES.join(", ")}`);
  const share = await BODIES.takeFor(response, policy.limit);
  if (!share) return sendBusy(response);
  try {
    const data = await selection.take(type);
    share.keep(data?.length ?? 0);
    if (!data) return sendText(response, 404, "the clipboard holds nothing of this type");
    sendUnopened(response, type, data);
  } catch (error) {
    sendText(response, ...failureOf(error, policy));
  }
}

/** Copied content must never run as a page of the gateway. */
function sendUnopened(response: ServerResponse, type: ClipboardType, data: Buffer): void {
  response.setHeader("Content-Type", type === "image/png" ? type : "application/octet-stream");
  response.setHeader("Content-Disposition", "attachment");
  response.setHeader("Content-Security-Policy", "sandbox; default-src 'none'");
  send(response, 200, data);
}

async function takeUpload(
  policy: ClipboardPolicy,
  selection: KeptSelection,
  exchange: Exchange,
): Promise<void> {
  const { request, response } = exchange;
  const { up, limit } = policy;
  if (!up) return forbid(response, "into");
  const type = request.headers["content-type"] ?? "";
  const isForm = /^multipart\/form-data\b/i.test(type);
  const body = await readBody(exchange, isForm ? 2 * limit + OVERHEAD : limit);
  if (body === "busy") return sendBusy(response);
  const contents = body === "too long" ? undefined : await parseContents(type, body);
  if (typeof contents === "string") return sendText(response, 415, contents);
  if (!contents || [...contents.values()].some(({ length }) => length > limit))
    return sendText(response, 413, `more than ${limit} bytes`);
  try {
    sendJson(response, { serial: await selection.give(contents) });
  } catch (error) {
    sendText(response, ...failureOf(error, policy));
  }
}

function forbid(response: ServerResponse, direction: "into" | "out of"): void {
  sendText(response, 403, `this workspace does not allow copying ${direction} the desktop`);
}

function failureOf(error: unknown, { limit }: ClipboardPolicy): [number, string] {
  const reason = error instanceof ClipboardRefusal ? error.reason : "no display";
  return {
    "too long": [413, `more than ${limit} bytes`],
    "no answer": [504, "the program with the copied content does not answer"],
    "not taken": [409, "another program took the clipboard at the same moment"],
    "no display": [503, "there is no display"],
  }[reason] as [number, string];
}
