import { constants } from "node:fs";
import { type FileHandle, lstat } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { type Folder, isName, openFolder, unless, within } from "../confined/folder.ts";
import { isAborted } from "../gateway/is-aborted.ts";
import type { Exchange, Route } from "../gateway/route.ts";
import type { Refusal, Refused as Unadmitted } from "../gateway/router.ts";
import { refusal } from "../gateway/router.ts";
import { send } from "../gateway/send.ts";
import { reasonOf } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";
import { type ChunkFields, readChunk, type Spool } from "./dropzone-form.ts";
import { checkSize } from "./limit.ts";
import { UNFINISHED } from "./names.ts";
import { moveTo } from "./place.ts";
import { receive } from "./receive.ts";
import { Refused, refusalOf } from "./refusal.ts";
import { dropzonePart, type Store } from "./store.ts";

export interface DropzoneOptions {
  readonly store: Store;
  /** Path of ~/Uploads. */
  readonly uploads: string;
  /** Bytes of the largest accepted file. */
  readonly limit: number | undefined;
  readonly log: Log;
}

const HTML = "text/html; charset=utf-8";

/**
 * The upload address of Kasm's page, on a port of its own: Dropzone.js sends a file in chunks; each is written at its
 * offset, and the last renames the file. Answers and the order of checks are Kasm's: docs/use/files.md.
 */
export function dropzoneRoute(options: DropzoneOptions): Route {
  return {
    path: "/upload",
    // Participants and viewers are refused below, with Kasm's answer.
    needs: "viewer",
    methods: ["POST"],
    async handle(exchange) {
      try {
        if (exchange.role !== "owner") throw new Refused(403, DENIED);
        await take(options, exchange);
        say(exchange.response, 200, "uploaded Chunk");
      } catch (error) {
        refuse(options, exchange, error);
      }
    },
  };
}

/** Kasm's answer to requests that are not admitted. */
export function refuseKasmLike(verdict: Unadmitted, authorization: string | undefined): Refusal {
  if (verdict.outcome === "wait") return refusal(verdict);
  const isReadable = /^basic +[A-Za-z0-9+/]+={0,2}$/i.test(authorization?.trim() ?? "");
  const text = isReadable ? DENIED : "Authorization Header missing or invalid";
  return { status: 403, headers: { "Content-Type": HTML }, text };
}

const DENIED = "Access Denied!";

function refuse({ log }: DropzoneOptions, { request, response }: Exchange, error: unknown): void {
  if (isAborted(request)) return;
  const refused = refusalOf(error);
  if (!refused || refused.status >= 500) log.error({ event: "uploads.failed", message: reasonOf(error) });
  say(response, refused?.status ?? 500, refused?.message ?? "the upload failed, see the log");
}

function say(response: ServerResponse, status: number, text: string): void {
  response.setHeader("Content-Type", HTML);
  send(response, status, Buffer.from(text));
}

async function take(options: DropzoneOptions, { request }: Exchange): Promise<void> {
  const { uploads, store } = options;
  await within(openFolder(uploads), async (folder) => {
    const spool: Spool = {
      begin: async () => {
        const id = await store.begin({ length: 0, names: ["chunk"] }, { resumable: false });
        return { id, file: await store.open(id) };
      },
      read: (id) => store.read(id),
      remove: (id) => store.remove(id),
    };
    const chunk = await readChunk(request, spool, async (fields, name, source) => {
      const file = await openPart(options, folder, fields, name);
      await receive(source, file, fields.offset, mostOf(options, fields));
    });
    if (chunk.index + 1 >= chunk.count) await complete(folder, chunk.name);
  });
}

/** Checks what Kasm checks, in its order, then limit and free space. */
async function openPart(
  { uploads, limit }: DropzoneOptions,
  folder: Folder,
  fields: ChunkFields,
  name: string,
): Promise<FileHandle> {
  // Kasm's server answers that "", "." and ".." exist; our folder of unfinished uploads exists too.
  if (["", ".", "..", UNFINISHED].includes(name)) throw EXISTS();
  if (!isName(name) || !isName(dropzonePart(name))) throw new Refused(400, "invalid file name");
  if (await lstat(folder.at(name)).catch(unless("ENOENT"))) throw EXISTS();
  await checkSize(Math.max(fields.total, fields.offset), { limit, folder: uploads });
  return folder.open(dropzonePart(name), constants.O_WRONLY | constants.O_CREAT).catch((error) => {
    if (["ELOOP", "EISDIR", "ENXIO"].includes(error.code)) throw EXISTS();
    throw error;
  });
}

function mostOf({ limit }: DropzoneOptions, { offset }: ChunkFields): number {
  return limit === undefined ? Number.POSITIVE_INFINITY : limit - offset;
}

async function complete(folder: Folder, name: string): Promise<void> {
  if (!(await moveTo(folder, name, folder.at(dropzonePart(name))))) throw EXISTS();
}

const EXISTS = () => new Refused(400, "File already exists");
