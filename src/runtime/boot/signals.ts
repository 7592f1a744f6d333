import type { Log } from "../log/log.ts";

export interface SignalHandlers {
  /** For TERM, INT and QUIT, each time one comes. */
  stop(): void;
  /** For USR1: what to log. */
  state(): unknown;
}

/** Node's or the kernel's own answer to these would end or freeze the process, and with it the container. */
const IGNORED = [
  ...(["SIGHUP", "SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGIO", "SIGPWR", "SIGSTKFLT", "SIGXCPU"] as const),
  ...(["SIGXFSZ", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGPROF", "SIGSYS", "SIGTRAP"] as const),
];

/** Answers the signals that the container gets (docs/internals/supervision.md, "Signals and exit codes"). */
export function obeySignals({ stop, state }: SignalHandlers, log: Log): void {
  for (const name of ["SIGTERM", "SIGINT", "SIGQUIT"] as const) {
    process.on(name, () => {
      log.info({ event: "signal", signal: name });
      stop();
    });
  }
  process.on("SIGUSR1", () => log.info({ event: "state", state: state() }));
  for (const name of IGNORED) {
    process.on(name, () => log.info({ event: "signal", signal: name, message: "ignored" }));
  }
}
