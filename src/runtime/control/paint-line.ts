import type { Style } from "../../terminal/style.ts";
import { renderLogLine } from "../log/render-line.ts";

/** A line of the supervisor's log for a terminal: readable, troubles in colour. */
export function paintLogLine(line: string, style: Style): string {
  const text = renderLogLine(line);
  const level = /^\{"time":"[^"]*","level":"(warn|error)"/.exec(line)?.[1];
  if (level === undefined) return text;
  return level === "error" ? style.red(text) : style.yellow(text);
}
