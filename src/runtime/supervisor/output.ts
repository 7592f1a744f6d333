import type { Log } from "../log/log.ts";
import { limitRate } from "./lines.ts";
import type { Launched } from "./process.ts";

/** Logs a service's output as far as the rate limit lets it through; `onLine` gets every line. Neither gets `noise`. */
export function logOutput(
  service: string,
  process: Launched,
  log: Log,
  onLine: (line: string) => void,
  noise?: RegExp,
): void {
  const dropped = (lines: number) => log.warn({ event: "output.dropped", service, lines });
  const writer = (stream: "stdout" | "stderr") =>
    limitRate((line) => log.output(service, stream, line), dropped);
  const writers = { stdout: writer("stdout"), stderr: writer("stderr") };
  process.onLine((line, stream) => {
    if (line === "" || noise?.test(line)) return;
    onLine(line);
    writers[stream](line);
  });
}
