import type { ServerResponse } from "node:http";
import { BODIES, sendBusy } from "../gateway/body-budget.ts";
import { readBody } from "../gateway/read-body.ts";
import type { Exchange, Route } from "../gateway/route.ts";
import { send, sendJson, sendText } from "../gateway/send.ts";
import { type ClipboardType, TYPES } from "./atoms.ts";
import type { Contents } from "./give.ts";
import type { KeptSelection } from "./keep.ts";
import type { ClipboardPolicy } from "./policy.ts";
import { ClipboardRefusal } from "./take.ts";

const ADDRESS = "/api/clipboard";

/** The clipboard over HTTP: its types, its content in each type, and setting it. */
export function clipboardRoutes(policy: ClipboardPolicy, selection: KeptSelection): Route[] {
  const give = (exchange: Exchange) => takeUpload(policy, selection, exchange);
  return [
    {
      path: ADDRESS,
      needs: "owner",
      methods: ["GET", "HEAD", "PUT"],
      async handle(exchange) {
        if (exchange.request.method === "PUT") return await give(exchange);
        if (!policy.down) return forbid(exchange.response, "out of");
        sendJson(exchange.response, await selection.state());
      },
    },
    {
      path: `${ADDRESS}/*`,
      needs: "owner",
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
  if (!policy.up) return forbid(response, "into");
  const type = request.headers["content-type"]?.split(";")[0]?.trim().toLowerCase() ?? "";
  const body = await readBody(exchange, policy.limit);
  if (body === "busy") return sendBusy(response);
  if (body === "too long") return sendText(response, 413, `more than ${policy.limit} bytes`);
  const contents = parseContents(type, body);
  if (typeof contents === "string") return sendText(response, 415, contents);
  try {
    sendJson(response, { serial: await selection.give(contents) });
  } catch (error) {
    sendText(response, ...failureOf(error, policy));
  }
}

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Reads one type from the body, or several texts from JSON; returns what is wrong as a string. */
function parseContents(type: string, body: Buffer): Contents | string {
  if (type === "application/json") return parseTexts(body.toString("utf8"));
  const known = TYPES.find((candidate) => candidate === type);
  if (!known) return `the content type must be ${TYPES.join(", ")} or application/json`;
  if (known === "image/png" && !body.subarray(0, PNG.length).equals(PNG)) return "the body is not a PNG";
  return new Map([[known, body]]);
}

function parseTexts(json: string): Contents | string {
  const wanted = 'the JSON must be an object with the strings "text/html" and "text/plain"';
  try {
    const entries = Object.entries(JSON.parse(json) as Record<string, unknown>);
    const isFine = entries.every(
      ([type, text]) => (type === "text/html" || type === "text/plain") && typeof text === "string",
    );
    if (!isFine || entries.length === 0) return wanted;
    return new Map(entries.map(([type, text]) => [type as ClipboardType, Buffer.from(text as string)]));
  } catch {
    return wanted;
  }
}

function forbid(response: ServerResponse, direction: "into" | "out of"): void {
  sendText(response, 403, `this workspace does not allow copying ${direction} the desktop`);
}

function failureOf(error: unknown, { limit }: ClipboardPolicy): [number, string] {
  if (error instanceof ClipboardRefusal) {
    return error.reason === "too long"
      ? [413, `more than ${limit} bytes`]
      : [504, "the program with the copied content does not answer"];
  }
  return [503, "there is no display"];
}
