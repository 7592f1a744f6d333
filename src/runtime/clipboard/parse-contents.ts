import { type ClipboardType, TYPES } from "./atoms.ts";
import type { Contents } from "./give.ts";

/**
 * Reads one type from a body of that type, or several from a form whose fields have the types as their names. Returns
 * what is wrong as a string.
 */
export async function parseContents(contentType: string, body: Buffer): Promise<Contents | string> {
  const mime = contentType.split(";")[0]?.trim().toLowerCase();
  const fields = mime === "multipart/form-data" ? await readForm(contentType, body) : [[mime, body] as const];
  if (fields === undefined) return "the form cannot be read";
  const contents = new Map<ClipboardType, Buffer>();
  for (const [name, data] of fields) {
    const type = TYPES.find((candidate) => candidate === name);
    if (!type) return `the content type must be ${TYPES.join(", ")}, or multipart/form-data with such fields`;
    if (type === "image/png" && !data.subarray(0, PNG.length).equals(PNG)) return "the body is not a PNG";
    contents.set(type, data);
  }
  return contents.size === 0 ? "the form has no field" : contents;
}

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

async function readForm(contentType: string, body: Buffer): Promise<[string, Buffer][] | undefined> {
  try {
    const form = await new Response(body as Uint8Array<ArrayBuffer>, {
      headers: { "Content-Type": contentType },
    }).formData();
    const read = async (value: string | Blob) =>
      typeof value === "string" ? Buffer.from(value) : Buffer.from(await value.arrayBuffer());
    return await Promise.all(
      [...form].map(async ([name, value]) => [name, await read(value)] as [string, Buffer]),
    );
  } catch {
    return undefined;
  }
}
