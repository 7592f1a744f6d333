/** Copied or pasted content, in every form it has. */
export interface Copied {
  readonly text?: string;
  readonly html?: string;
  readonly png?: Blob;
}

/**
 * The content of a paste event. A picture counts only when it is alone, because browsers add one to many kinds of
 * text.
 */
export function copiedIn(data: DataTransfer): Copied {
  const [text, html] = [data.getData("text/plain"), data.getData("text/html")];
  const png = [...data.items].find(({ type }) => type === "image/png")?.getAsFile();
  return choose({ text, html, ...(png && { png }) });
}

/** The content of the browser's clipboard. Rejects where the browser does not allow reading. */
export async function readBrowser(): Promise<Copied> {
  const [item] = await navigator.clipboard.read();
  const get = async (type: string) => (item?.types.includes(type) ? await item.getType(type) : undefined);
  const [text, html, png] = await Promise.all(["text/plain", "text/html", "image/png"].map(get));
  return choose({ text: (await text?.text()) ?? "", html: (await html?.text()) ?? "", ...(png && { png }) });
}

function choose({ text: given = "", html = "", png }: Copied): Copied {
  if (given === "" && png !== undefined) return { png };
  // Windows ends its lines with CR LF, which programs of the desktop show as two.
  const text = given.replaceAll("\r\n", "\n");
  return html === "" ? { text } : { text, html };
}

/** Replaces the content of the browser's clipboard. */
export async function writeBrowser({ text, html, png }: Copied): Promise<void> {
  if (html === undefined && png === undefined) return await navigator.clipboard.writeText(text ?? "");
  const blob = (content: string | undefined, type: string) =>
    content === undefined ? {} : { [type]: new Blob([content], { type }) };
  const forms = { ...blob(text, "text/plain"), ...blob(html, "text/html"), ...(png && { "image/png": png }) };
  await navigator.clipboard.write([new ClipboardItem(forms)]);
}

/**
 * Identifies the content: its text, because browsers rewrite HTML but keep its text; a digest of content without text;
 * empty for nothing.
 */
export async function markOf({ text = "", html = "", png }: Copied): Promise<string> {
  if (text !== "" || (html === "" && png === undefined)) return text;
  const bytes = await new Blob([html, ...(png ? [png] : [])]).arrayBuffer();
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).join();
}

/** Only Chromium knows this permission; elsewhere reading would open a prompt at every focus. */
export async function mayRead(): Promise<boolean> {
  try {
    const { state } = await navigator.permissions.query({ name: "clipboard-read" as PermissionName });
    return state === "granted";
  } catch {
    return false;
  }
}
