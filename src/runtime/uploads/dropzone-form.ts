import type { FileHandle } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { PassThrough, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Busboy, type BusboyHeaders, type BusboyInstance } from "@fastify/busboy";
import { reasonOf } from "../log/attempt.ts";
import { receive } from "./receive.ts";
import { Refused } from "./refusal.ts";

/** The numeric fields of a chunk's form. */
export interface ChunkFields {
  readonly index: number;
  readonly count: number;
  /** Position in the file, in bytes. */
  readonly offset: number;
  /** Bytes of the whole file. */
  readonly total: number;
}

export interface Chunk extends ChunkFields {
  /** The file's name, without slashes. */
  readonly name: string;
}

/** Stores the file of a form on the disk when it comes before the fields. */
export interface Spool {
  begin(): Promise<{ readonly id: string; readonly file: FileHandle }>;
  read(id: string): Promise<Readable>;
  remove(id: string): Promise<void>;
}

type Write = (fields: ChunkFields, name: string, source: Readable) => Promise<void>;

/** Dropzone's names of the fields. */
const FIELDS = {
  index: "dzchunkindex",
  offset: "dzchunkbyteoffset",
  total: "dztotalfilesize",
  count: "dztotalchunkcount",
} as const satisfies Readonly<Record<keyof ChunkFields, string>>;

const LIMITS = {
  fieldNameSize: 100,
  fieldSize: 1024,
  fields: 50,
  files: 1,
  parts: 60,
  headerPairs: 20,
  headerSize: 8192,
};

/** Bytes of a chunk that are spooled at most. */
const MOST_SPOOLED = 256 * 1024 ** 2;

/**
 * Reads a chunk's form as a stream and passes its bytes to `write`. Dropzone sends the fields first; when a program
 * does not, the bytes are spooled to the disk. Throws Kasm's answer to an incomplete form.
 */
export async function readChunk(request: IncomingMessage, spool: Spool, write: Write): Promise<Chunk> {
  const form = openForm(request);
  const values = new Map<string, string>();
  let part: Part | undefined;
  form.on("field", (name, value) => void values.set(name, value));
  form.on("file", (field, source, name: string | undefined) => {
    // As in Kasm, only the part with this name counts.
    if (field === "file")
      part = takePart(source, (name ?? "").replaceAll("/", ""), readFields(values), spool, write);
    else source.resume();
  });
  try {
    await pipeline(request, form);
  } catch (error) {
    part?.source.destroy();
    throw request.complete ? new Refused(400, `Bad Request: ${reasonOf(error)}`) : error;
  } finally {
    await part?.written.catch(() => {});
  }
  return settle(part, readFields(values), spool, write);
}

/** The file of a form. */
interface Part {
  readonly name: string;
  readonly source: PassThrough;
  /** The id of the spooled bytes; undefined when they were written to the target file. */
  readonly written: Promise<string | undefined>;
}

function takePart(
  file: Readable,
  name: string,
  fields: ChunkFields | undefined,
  spool: Spool,
  write: Write,
): Part {
  // The parser waits for ever for its own stream when that is destroyed; this one may be destroyed.
  const source = file.on("error", (error) => source.destroy(error)).pipe(new PassThrough()) as PassThrough;
  // Unwanted bytes are read too: browsers read the answer only after they have sent everything.
  source.on("close", () => file.resume());
  const written = fields ? write(fields, name, source).then(() => undefined) : spoolTo(spool, source);
  written.catch(() => source.destroy());
  return { name, source, written };
}

async function spoolTo(spool: Spool, source: Readable): Promise<string> {
  const { id, file } = await spool.begin();
  try {
    await receive(source, file, 0, MOST_SPOOLED);
    return id;
  } catch (error) {
    await spool.remove(id);
    throw error;
  }
}

async function settle(
  part: Part | undefined,
  fields: ChunkFields | undefined,
  spool: Spool,
  write: Write,
): Promise<Chunk> {
  const spooled = await part?.written;
  try {
    if (!part || !fields) throw new Refused(400, "Bad Request: a field is missing or not a number");
    if (spooled) await writeSpooled(await spool.read(spooled), (bytes) => write(fields, part.name, bytes));
    return { ...fields, name: part.name };
  } finally {
    if (spooled) await spool.remove(spooled);
  }
}

async function writeSpooled(bytes: Readable, write: (bytes: Readable) => Promise<void>): Promise<void> {
  // A refusal leaves the stream unread.
  await write(bytes).finally(() => bytes.destroy());
}

function openForm({ headers }: IncomingMessage): BusboyInstance {
  try {
    return new Busboy({ headers: headers as BusboyHeaders, preservePath: true, limits: LIMITS });
  } catch (error) {
    throw new Refused(400, `Bad Request: ${reasonOf(error)}`);
  }
}

function readFields(values: ReadonlyMap<string, string>): ChunkFields | undefined {
  const entries = Object.entries(FIELDS).map(([key, name]) => {
    const text = values.get(name)?.trim() ?? "";
    return [key, /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN] as const;
  });
  if (!entries.every(([, value]) => Number.isSafeInteger(value))) return undefined;
  return Object.fromEntries(entries) as unknown as ChunkFields;
}
