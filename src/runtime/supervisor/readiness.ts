import { spawn } from "node:child_process";
import { existsSync, watch } from "node:fs";
import { connect, type NetConnectOpts } from "node:net";
import { dirname } from "node:path";
import type { Readiness } from "../../model/types.ts";
import { watchWindow } from "../session/window.ts";
import type { XServerPlace } from "../x11/follow.ts";
import { watchPainted } from "../x11/watch-painted.ts";

/**
 * When a service is ready: a kind that workspaces may use or, for the built-in services, one of two more. The display has
 * its keyboard settled first; the desktop shows a window, and then a painted screen.
 */
export type ServiceReadiness = Readiness | SettlingReadiness | DesktopReadiness;

interface SettlingReadiness {
  readonly fd: number;
  /** Called when the service reports that it is ready. When it has settled or failed, the service counts as ready. */
  settle(): Promise<void>;
}

interface DesktopReadiness {
  readonly window: string;
  /** Whose screen has to be painted. */
  readonly painted: XServerPlace;
  /** Milliseconds after which a desktop without the window is reported. */
  readonly patience: number;
}

/** The parts of a service that a watcher uses. */
export interface Watched {
  readonly environment: NodeJS.ProcessEnv;
  /** Calls back for every line that the service writes on its standard output or error. */
  onLine(listener: (line: string) => void): void;
  /** Calls back once a newline has come on the file descriptor. */
  onNewline(fd: number, listener: () => void): void;
  /** Called with a log message when the service is not ready after its patience; it is waited for all the same. */
  onImpatient(message: string): void;
}

/**
 * Waits until a service is ready, then calls `onReady` once. Returns a function that ends the wait. Only what sends no
 * event is polled: a connection that is refused, and a command that fails.
 */
export function watchReadiness(
  readiness: ServiceReadiness,
  watched: Watched,
  onReady: () => void,
): () => void {
  if ("socket" in readiness)
    return retrying(() => accepts({ path: readiness.socket }), onReady, readiness.socket);
  if ("port" in readiness)
    return retrying(() => accepts({ port: readiness.port, host: "127.0.0.1" }), onReady);
  if ("file" in readiness) return retrying(async () => existsSync(readiness.file), onReady, readiness.file);
  if ("command" in readiness) {
    return retrying((signal) => succeeds(readiness.command, watched.environment, signal), onReady);
  }
  if ("painted" in readiness) return watchDesktop(readiness, watched, onReady);
  if ("window" in readiness) return watchWindow(readiness.window, watched.environment, () => onReady());
  const once = onlyOnce(onReady);
  if ("settle" in readiness)
    watched.onNewline(readiness.fd, () => void readiness.settle().then(once.call, once.call));
  else if ("fd" in readiness) watched.onNewline(readiness.fd, once.call);
  else watched.onLine(lineMatcher(readiness.log, once.call));
  return once.cancel;
}

/** Watches the screen only when the window is there: watching it earlier would slow down the boot. */
function watchDesktop(
  { window, painted, patience }: DesktopReadiness,
  { environment, onImpatient }: Pick<Watched, "environment" | "onImpatient">,
  onReady: () => void,
): () => void {
  const message = `The desktop shows no window ${window} after ${patience / 1000} s. See /tmp/xstartup.log for the reason.`;
  const timer = setTimeout(() => onImpatient(message), patience);
  let end = watchWindow(window, environment, () => {
    clearTimeout(timer);
    end = watchPainted(painted, onReady);
  });
  return () => {
    clearTimeout(timer);
    end();
  };
}

const FIRST_PAUSE = 5;
const LONGEST_PAUSE = 250;

/** Repeats `attempt` with growing pauses, and at once when something appears beside `path`. */
function retrying(attempt: (signal: AbortSignal) => Promise<boolean>, onReady: () => void, path?: string) {
  const abort = new AbortController();
  let pause = FIRST_PAUSE;
  let timer: NodeJS.Timeout | undefined;
  let running = false;
  const run = async () => {
    if (running || abort.signal.aborted) return;
    running = true;
    clearTimeout(timer);
    const ready = await attempt(abort.signal);
    running = false;
    if (abort.signal.aborted) return;
    if (ready) {
      abort.abort();
      onReady();
      return;
    }
    timer = setTimeout(run, pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  };
  abort.signal.addEventListener("abort", () => clearTimeout(timer));
  if (path !== undefined) watchDirectory(dirname(path), run, abort.signal);
  void run();
  return () => abort.abort();
}

function watchDirectory(directory: string, onChange: () => void, signal: AbortSignal): void {
  try {
    watch(directory, { signal, persistent: false }, onChange).on("error", () => {});
  } catch {
    // The directory does not exist yet or inotify is exhausted: the pauses remain.
  }
}

function accepts(target: NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(target);
    const answer = (ready: boolean) => {
      socket.destroy();
      resolve(ready);
    };
    socket.setTimeout(1000, () => answer(false));
    socket.once("connect", () => answer(true));
    socket.once("error", () => answer(false));
  });
}

const COMMAND_TIMEOUT = 10_000;

/** Runs a command in a process group of its own; at the timeout or the signal the whole group is killed. */
function succeeds(command: readonly string[], environment: NodeJS.ProcessEnv, signal: AbortSignal) {
  const [file = "", ...args] = command;
  return new Promise<boolean>((resolve) => {
    try {
      const child = spawn(file, args, { env: environment, stdio: "ignore", detached: true });
      const kill = () => killGroup(child.pid);
      const timer = setTimeout(kill, COMMAND_TIMEOUT);
      signal.addEventListener("abort", kill);
      const answer = (ready: boolean) => {
        clearTimeout(timer);
        signal.removeEventListener("abort", kill);
        resolve(ready);
      };
      child.once("error", () => answer(false));
      child.once("exit", (code) => answer(code === 0));
    } catch {
      resolve(false);
    }
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}

function lineMatcher(pattern: string, onMatch: () => void): (line: string) => void {
  const expression = new RegExp(pattern);
  return (line) => {
    if (expression.test(line)) onMatch();
  };
}

function onlyOnce(callback: () => void): { call: () => void; cancel: () => void } {
  let open = true;
  return {
    call() {
      if (open) callback();
      open = false;
    },
    cancel() {
      open = false;
    },
  };
}
