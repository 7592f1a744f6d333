import type { RuntimeDisplay } from "../../model/runtime.ts";

/** How a web client that is not ours is served. */
export interface ForeignPage {
  /** Over the gateway's own headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** The query that it starts with, when it is opened without one. */
  readonly query: string;
}

/** Minutes without input after which KasmVNC's client may disconnect: a week, since it knows no "never". */
const NEVER = 7 * 24 * 60;

/**
 * How KasmVNC's client is served: with the isolation that lets it use threads, without a policy on its scripts, and with
 * the frame rate and idle time of the workspace. By itself it disconnects after 20 minutes and asks for 24 frames a
 * second. `frameAncestors` may show it in a frame.
 */
export function kasmVncPage({ frameRate, kasmvnc }: RuntimeDisplay, frameAncestors: string): ForeignPage {
  const seconds = kasmvnc?.user_session?.idle_timeout;
  const minutes = seconds === undefined ? NEVER : Math.max(1, Math.round(seconds / 60));
  return {
    headers: {
      "Content-Security-Policy": `frame-ancestors ${frameAncestors}`,
      "Cross-Origin-Embedder-Policy": "require-corp",
      "Cross-Origin-Opener-Policy": "same-origin",
    },
    query: `framerate=${frameRate}&idle_disconnect=${minutes}`,
  };
}
