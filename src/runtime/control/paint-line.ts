import type { Style } from "../../terminal/style.ts";
import { renderLogLine } from "../render-line.ts";

/** A line of the supervisor's log for a terminal: readable, troubles in colour, without control characters. */
export function paintLogLine(line: string, style: Style): string {
  const text = escapeControls(renderLogLine(line));
  const level = /^\{"time":"[^"]*","level":"(warn|error)"/.exec(line)?.[1];
  if (level === undefined) return text;
  return level === "error" ? style.red(text) : style.yellow(text);
}

/** What a service writes must not be able to move the cursor or set the title of the reader's terminal. */
function escapeControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}
