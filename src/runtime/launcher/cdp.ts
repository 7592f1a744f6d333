import { get, type IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import { BODIES } from "../gateway/body-budget.ts";
import { collect } from "../gateway/read-body.ts";

/** The navigated frame, or the answer to a failure; `detail` is for the log. */
export type Navigation =
  | { readonly frameId: string }
  | { readonly status: 502 | 503; readonly error: string; readonly detail?: string };

export interface NavigateOptions {
  /** Port of the browser's DevTools on 127.0.0.1. */
  readonly port: number;
  /** Milliseconds for the whole navigation. @default 5000 */
  readonly timeout?: number;
}

/**
 * Opens a URL in the browser's first page by DevTools' `Page.navigate`, which answers when the new page begins to load
 * or fails. Never throws.
 */
export async function navigate(url: string, { port, timeout = 5_000 }: NavigateOptions): Promise<Navigation> {
  const signal = AbortSignal.timeout(timeout);
  // The list and the reply are read one after the other.
  const share = await BODIES.take(LONGEST_ANSWER, signal);
  if (!share) return { status: 503, error: "too many large requests at once" };
  try {
    const page = (await listTargets(port, signal)).find(({ type }) => type === "page");
    if (!page) return { status: 502, error: NO_PAGE };
    // Not the address in the list: it must be the same browser on this machine.
    const socket = `ws://127.0.0.1:${port}/devtools/page/${encodeURIComponent(page.id)}`;
    return outcomeOf(await send(socket, "Page.navigate", { url }, signal));
  } catch (error) {
    return failureOf(error, signal);
  } finally {
    share.release();
  }
}

/** The error of a browser without a page. */
export const NO_PAGE = "no page target available";

/** Chromium accepts WebSockets only from the origins in `--remote-allow-origins`: this one. */
const ORIGIN = "http://127.0.0.1";
const LONGEST_ANSWER = 4 * 1024 * 1024;

interface Target {
  readonly id: string;
  readonly type: string;
}

async function listTargets(port: number, signal: AbortSignal): Promise<Target[]> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ host: "127.0.0.1", port, path: "/json/list", agent: false, signal }, resolve).on("error", reject);
  });
  if (response.statusCode !== 200) {
    response.destroy();
    throw named("UnexpectedStatus", `/json/list answered with status ${response.statusCode}`);
  }
  const body = await collect(response, LONGEST_ANSWER);
  if (!body) {
    response.destroy();
    throw named("AnswerTooLong", "/json/list is longer than 4 MiB");
  }
  const list: unknown = JSON.parse(body.toString());
  return Array.isArray(list) ? (list as Target[]) : [];
}

interface Reply {
  readonly id?: number;
  readonly result?: { readonly frameId?: string; readonly errorText?: string; readonly isDownload?: boolean };
  readonly error?: { readonly message?: string };
}

function send(address: string, method: string, params: object, signal: AbortSignal): Promise<Reply> {
  const socket = new WebSocket(address, {
    origin: ORIGIN,
    perMessageDeflate: false,
    maxPayload: LONGEST_ANSWER,
  });
  const reply = new Promise<Reply>((resolve, reject) => {
    socket.on("open", () => socket.send(JSON.stringify({ id: 1, method, params })));
    socket.on("message", (data) => {
      // Parsed without throwing: nothing would catch an exception here.
      const message = parse(String(data));
      if (message === undefined) reject(named("InvalidReply", "the browser's reply is not JSON"));
      else if (message.id === 1) resolve(message);
    });
    socket.on("error", reject);
    socket.on("close", () => reject(named("ConnectionClosed", "the browser closed the connection")));
    signal.addEventListener("abort", () => reject(signal.reason));
  });
  return reply.finally(() => socket.terminate());
}

function parse(text: string): Reply | undefined {
  try {
    return Object(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function outcomeOf({ result, error }: Reply): Navigation {
  if (error) return { status: 502, error: error.message ?? "unknown error" };
  // A download counts as success.
  if (result?.errorText && !result.isDownload) return { status: 502, error: result.errorText };
  return { frameId: result?.frameId ?? "" };
}

function failureOf(error: unknown, signal: AbortSignal): Navigation {
  const { code, name, message } = error as NodeJS.ErrnoException;
  if (code === "ECONNREFUSED") return { status: 503, error: "cdp unreachable", detail: message };
  const kind = signal.aborted ? "TimeoutError" : (code ?? name);
  return { status: 502, error: `cdp failure: ${kind}`, detail: message };
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
