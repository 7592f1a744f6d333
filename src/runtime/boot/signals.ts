import type { Log } from "../log/log.ts";

export interface SignalHandlers {
  /** Called at each TERM, INT and QUIT. */
  stop(): void;
  /** The state that USR1 logs. */
  state(): unknown;
}

/** The default action of Node or the kernel would end or freeze the process, and with it the container. */
const IGNORED = [
  ...(["SIGHUP", "SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGIO", "SIGPWR", "SIGSTKFLT", "SIGXCPU"] as const),
  ...(["SIGXFSZ", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGPROF", "SIGSYS", "SIGTRAP"] as const),
];

/** Handles the signals of the container (docs/internals/supervision.md, "Signals and exit codes"). */
export function handleSignals({ stop, state }: SignalHandlers, log: Log): void {
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
