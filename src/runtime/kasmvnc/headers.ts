/**
 * Headers of KasmVNC's web client, over the gateway's own: the isolation that KasmVNC asks browsers for, so that its client
 * may use threads, and no policy on its scripts, which are not ours. `frameAncestors` may show it in a frame.
 */
export function kasmVncHeaders(frameAncestors: string): Readonly<Record<string, string>> {
  return {
    "Content-Security-Policy": `frame-ancestors ${frameAncestors}`,
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
  };
}
