import type { IncomingMessage, ServerResponse } from "node:http";
import { isAborted } from "../gateway/is-aborted.ts";
import type { Exchange, Route } from "../gateway/route.ts";
import { sendText } from "../gateway/send.ts";
import { reasonOf } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";
import { BoundedMap } from "./bounded-map.ts";
import { checkSize } from "./limit.ts";
import { receive } from "./receive.ts";
import { Refused, refusalOf } from "./refusal.ts";
import { isId, type Plan, type Store, type Unfinished } from "./store.ts";
import { readCount, readWish, TUS_VERSION, tellPlace } from "./tus-headers.ts";

export interface TusOptions {
  readonly store: Store;
  /** Path of ~/Uploads. */
  readonly uploads: string;
  /** Bytes of the largest accepted file. */
  readonly limit: number | undefined;
  readonly log: Log;
}

/** Resumable uploads on the gateway's port. */
export interface Tus {
  readonly routes: readonly Route[];
  /** Whether an upload is being received now. */
  isActive(id: string): boolean;
}

const COLLECTION = "/api/uploads";
/** Complete uploads that are remembered for senders that have lost the answer. */
const REMEMBERED = 2_000;

/** The tus protocol, version 1.0.0, with creation, creation-with-upload and termination. */
export function createTus(options: TusOptions): Tus {
  const done = new BoundedMap<Done>(REMEMBERED);
  const state: State = { ...options, active: new Map(), finishing: new Map(), done };
  const route = (path: string, methods: Readonly<Record<string, Handler>>): Route => ({
    path,
    needs: "owner",
    methods: Object.keys(methods),
    handle: (exchange) => answer(state, exchange, methods[exchange.request.method ?? ""] ?? describe),
  });
  return {
    routes: [
      route(COLLECTION, { OPTIONS: describe, POST: create }),
      route(`${COLLECTION}/*`, { OPTIONS: describe, HEAD: tell, PATCH: append, DELETE: terminate }),
    ],
    isActive: (id) => state.active.has(id),
  };
}

interface State extends TusOptions {
  readonly active: Map<string, Reception>;
  /** Complete uploads that are being moved to ~/Uploads, with their final names. */
  readonly finishing: Map<string, Promise<readonly string[]>>;
  /** Complete uploads, by id and by the sender's key. */
  readonly done: BoundedMap<Done>;
}

interface Done extends Plan {
  readonly id: string;
}

/** A request whose body is being written. */
interface Reception {
  readonly request: IncomingMessage;
  /** Missing bytes of the file. */
  remaining: number;
  readonly ended: Promise<void>;
}

type Handler = (state: State, exchange: Exchange) => void | Promise<void>;

async function answer(state: State, exchange: Exchange, handler: Handler): Promise<void> {
  const { request, response } = exchange;
  response.setHeader("Tus-Resumable", TUS_VERSION);
  response.setHeader("Cache-Control", "no-store");
  try {
    if (handler !== describe && request.headers["tus-resumable"] !== TUS_VERSION) {
      response.setHeader("Tus-Version", TUS_VERSION);
      throw new Refused(412, `Tus-Resumable must be ${TUS_VERSION}`);
    }
    await handler(state, exchange);
  } catch (error) {
    refuse(state, exchange, error);
  }
}

function refuse({ log }: State, { request, response }: Exchange, error: unknown): void {
  // The sender can resume later.
  if (isAborted(request)) return;
  const refusal = refusalOf(error);
  if (!refusal || refusal.status >= 500) log.error({ event: "uploads.failed", message: reasonOf(error) });
  if (response.headersSent) response.destroy();
  else sendText(response, refusal?.status ?? 500, refusal?.message ?? "the upload failed, see the log");
}

function describe({ limit }: State, { response }: Exchange): void {
  response.setHeader("Tus-Version", TUS_VERSION);
  response.setHeader("Tus-Extension", "creation,creation-with-upload,termination");
  if (limit !== undefined) response.setHeader("Tus-Max-Size", String(limit));
  response.writeHead(204).end();
}

async function create(state: State, { request, response }: Exchange): Promise<void> {
  const { key, ...plan } = readWish(request.headers);
  const { uploads, limit, done, active } = state;
  const known = key === undefined ? undefined : done.get(key);
  if (known?.length === plan.length) return created(response, known.id, known.length, known.names);
  const promised = [...active.values()].reduce((sum, { remaining }) => sum + remaining, 0);
  await checkSize(plan.length, { limit, folder: uploads, promised });
  const hasBody =
    request.headers["transfer-encoding"] !== undefined || Number(request.headers["content-length"] ?? 0) > 0;
  // If the whole body comes with the creation and breaks off, the sender does not know the address and cannot resume.
  const whole = hasBody && Number(request.headers["content-length"]) === plan.length;
  const id = await state.store.begin(plan, { resumable: plan.length > 0 && !whole });
  try {
    let taken: Taken = { offset: 0 };
    if (hasBody) taken = await take(state, id, { ...plan, offset: 0 }, request, key);
    else if (plan.length === 0) taken = { offset: 0, names: await finish(state, id, plan, key) };
    created(response, id, taken.offset, taken.names);
  } catch (error) {
    await state.store.remove(id);
    throw error;
  }
}

function created(response: ServerResponse, id: string, offset: number, names?: readonly string[]): void {
  // Relative to the collection, so that it is right behind any path prefix.
  response.setHeader("Location", `uploads/${id}`);
  response.setHeader("Upload-Offset", String(offset));
  if (names) tellPlace(response, names);
  response.setHeader("Content-Length", 0);
  response.writeHead(201).end();
}

async function tell(state: State, exchange: Exchange): Promise<void> {
  const { id, upload, names } = await find(state, exchange);
  const { response } = exchange;
  response.setHeader("Upload-Length", String(upload.length));
  response.setHeader("Upload-Offset", String(upload.offset));
  // A crash after the last byte has left the move to ~/Uploads undone: no further PATCH will do it.
  const placed = names ?? (upload.offset === upload.length ? await finish(state, id, upload) : undefined);
  if (placed) tellPlace(response, placed);
  response.writeHead(200).end();
}

async function append(state: State, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const { headers } = request;
  if (headers["content-type"] !== "application/offset+octet-stream")
    throw new Refused(415, "Content-Type must be application/offset+octet-stream");
  const wanted = readCount(headers["upload-offset"], "Upload-Offset");
  const { id, upload, names } = await find(state, exchange);
  if (wanted !== upload.offset) throw new Refused(409, `Upload-Offset is ${upload.offset}`);
  const taken = names ? { offset: upload.length, names } : await take(state, id, upload, request);
  response.setHeader("Upload-Offset", String(taken.offset));
  if (taken.names) tellPlace(response, taken.names);
  response.writeHead(204).end();
}

async function terminate(state: State, exchange: Exchange): Promise<void> {
  const { id, names } = await find(state, exchange);
  if (!names) await state.store.remove(id);
  exchange.response.writeHead(204).end();
}

interface Found {
  readonly id: string;
  readonly upload: Unfinished;
  /** Of one that is complete. */
  readonly names?: readonly string[];
}

/** The upload that a path names. Aborts a request that still sends to it: the newest connection wins. */
async function find(state: State, { path }: Exchange): Promise<Found> {
  const id = path.slice(COLLECTION.length + 1);
  if (!isId(id)) throw new Refused(404, "no such upload");
  const present = state.active.get(id);
  present?.request.destroy();
  await present?.ended;
  const found = findDone(state, id) ?? (await findUnfinished(state, id)) ?? (await findMoved(state, id));
  if (!found) throw new Refused(404, "no such upload");
  return found;
}

function findDone({ done }: State, id: string): Found | undefined {
  const known = done.get(id);
  return known && { id, upload: { ...known, offset: known.length }, names: known.names };
}

async function findUnfinished({ store }: State, id: string): Promise<Found | undefined> {
  const upload = await store.find(id);
  return upload && { id, upload };
}

/** An upload that another request began to move while this one looked for its file. */
async function findMoved(state: State, id: string): Promise<Found | undefined> {
  await state.finishing.get(id);
  return findDone(state, id);
}

/** The new offset, and the final names of a complete upload. */
interface Taken {
  readonly offset: number;
  readonly names?: readonly string[];
}

/**
 * Receives a body and finishes the upload with its last byte. Other requests for the upload wait for both, since in
 * between it is neither unfinished nor in ~/Uploads.
 */
async function take(
  state: State,
  id: string,
  upload: Unfinished,
  request: IncomingMessage,
  key?: string,
): Promise<Taken> {
  const { length, offset } = upload;
  if (state.active.has(id)) throw new Refused(423, "another request is sending to this upload");
  const remaining = length - offset;
  if (Number(request.headers["content-length"] ?? 0) > remaining)
    throw new Refused(413, "more bytes than announced");
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const reception: Reception = { request, remaining, ended };
  state.active.set(id, reception);
  try {
    const file = await state.store.open(id);
    const count = (bytes: number) => {
      reception.remaining -= bytes;
    };
    const reached = offset + (await receive(request, file, offset, remaining, count));
    if (reached < length) return { offset: reached };
    return { offset: reached, names: await finish(state, id, upload, key) };
  } finally {
    state.active.delete(id);
    end();
  }
}

/** Moves an upload to ~/Uploads, once for concurrent requests. */
function finish(state: State, id: string, plan: Plan, key?: string): Promise<readonly string[]> {
  const { done, finishing } = state;
  const known = done.get(id);
  if (known) return Promise.resolve(known.names);
  const present = finishing.get(id) ?? settle(state, id, plan, key).finally(() => finishing.delete(id));
  finishing.set(id, present);
  return present;
}

async function settle(
  { store, done }: State,
  id: string,
  plan: Plan,
  key: string | undefined,
): Promise<readonly string[]> {
  const names = await store.finish(id, plan);
  for (const name of key === undefined ? [id] : [id, key]) done.set(name, { id, length: plan.length, names });
  return names;
}
