import { type Asset, loadAssets } from "../gateway/assets.ts";

/** Where the files of our own client are beside KasmVNC's. */
const PLACE = "kasmix";

/**
 * KasmVNC's web client with what its page lacks: the countdown before a session ends, and the button that signs out. `www`
 * is its folder, `own` that of our client.
 */
export function loadKasmVncAssets(www: string, own: string): ReadonlyMap<string, Asset> {
  const ours = loadAssets(own);
  if (!ours.has("/beside.js")) return loadAssets(www);
  const theirs = loadAssets(www, (path, content) => {
    return /^[^/]+\.html$/.test(path) ? Buffer.from(withBeside(content.toString("utf8"))) : content;
  });
  return new Map([...theirs, ...[...ours].map(([path, asset]) => [`/${PLACE}${path}`, asset] as const)]);
}

/** Scripts of a page's own come first. */
function withBeside(html: string): string {
  const tags = `<link rel="stylesheet" href="${PLACE}/beside.css"><script type="module" src="${PLACE}/beside.js"></script>`;
  return html.replace(/<\/head>/i, `${tags}</head>`);
}
