import { execFile, spawn } from "node:child_process";
import { readLines } from "../supervisor/lines.ts";
import { latestOnly } from "./latest-only.ts";

const RETRY = 100;

/**
 * Calls back with the window's id when one of the window manager's windows that stay has `text` in its class or title, in any
 * case.
 * `xprop -spy` reports every change, so nothing is polled; only an X server that does not answer yet is tried again.
 * Returns a function that ends the wait.
 */
export function watchWindow(
  text: string,
  environment: NodeJS.ProcessEnv,
  onReady: (window: string) => void,
): () => void {
  const abort = new AbortController();
  const { signal } = abort;
  const check = latestOnly(async (windows: readonly string[]) => {
    const window = await firstMatch(windows, text, environment);
    if (window === undefined || signal.aborted) return;
    abort.abort();
    onReady(window);
  });
  const spy = () => {
    if (signal.aborted) return;
    const again = () => setTimeout(spy, RETRY).unref();
    // All properties, because xprop never reports one whose name the server did not know at first.
    const child = spawn("xprop", ["-root", "-spy"], {
      env: environment,
      stdio: ["ignore", "pipe", "ignore"],
      signal,
    });
    child.once("error", again);
    child.once("exit", again);
    // Despite the types it is undefined when too many files are open.
    if (!child.stdout) return;
    readLines(child.stdout, (line) => {
      if (line.startsWith("_NET_CLIENT_LIST(")) check(windowIds(line));
    });
  };
  spy();
  return () => abort.abort();
}

function windowIds(line: string): string[] {
  return line.slice(line.search(/[=#]/)).match(/\b(?:0x[0-9a-f]+|\d+)\b/g) ?? [];
}

async function firstMatch(
  windows: readonly string[],
  text: string,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const descriptions = await Promise.all(windows.map((id) => describe(id, environment)));
  return windows[descriptions.findIndex((found) => found.toLowerCase().includes(text.toLowerCase()))];
}

/** Class and titles of a window that stays; empty for others, and when the window no longer exists. */
function describe(id: string, env: NodeJS.ProcessEnv): Promise<string> {
  const text = ["WM_CLASS", "WM_NAME", "_NET_WM_NAME"];
  const wanted = ["-id", id, ...text, "_NET_WM_WINDOW_TYPE", "WM_TRANSIENT_FOR"];
  return new Promise((resolve) => {
    execFile("xprop", wanted, { env, timeout: 5_000 }, (error, stdout) => {
      resolve(error ? "" : describeWindow(stdout));
    });
  });
}

/**
 * Class and titles of a window, from what xprop prints. Empty for a splash screen, a dialogue, and a window that belongs to
 * another: the app's own window comes after them.
 */
export function describeWindow(printed: string): string {
  const [type] = /_NET_WM_WINDOW_TYPE_\w+/.exec(printed.replace(/^(?!_NET_WM_WINDOW_TYPE).*/gm, "")) ?? [];
  if (/_(SPLASH|DIALOG)$/.test(type ?? "") || /^WM_TRANSIENT_FOR.*# 0x/m.test(printed)) return "";
  // Only the text after " = ": the names of the properties must not match.
  const texts = printed.match(/^(?:WM_CLASS|WM_NAME|_NET_WM_NAME)\(.*$/gm) ?? [];
  return texts.map((line) => line.slice(line.indexOf(" = ") + 3)).join("\n");
}
