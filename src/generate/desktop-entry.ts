import type { ResolvedApp } from "../model/runtime.ts";
import { marker } from "./marker.ts";

/** The desktop user's home in the container. */
export const HOME = "/home/kasm-user";

/** The icon of an app on the desktop: a file of the freedesktop.org Desktop Entry format. */
export function renderDesktopEntry(app: ResolvedApp, workspace: string): string {
  const lines = [
    `# ${marker(workspace)}`,
    "[Desktop Entry]",
    "Type=Application",
    `Name=${escapeValue(app.title)}`,
    `Exec=${escapeValue(commandOf(app).map(execWord).join(" "))}`,
    ...(app.icon === undefined ? [] : [`Icon=${escapeValue(app.icon)}`]),
    // A new terminal would otherwise open in the folder of this file.
    `Path=${HOME}`,
    "Terminal=false",
    "StartupNotify=true",
  ];
  return `${lines.join("\n")}\n`;
}

/** What the icon runs. The entrypoint starts an app that needs more than its command. */
function commandOf({ name, command, environment, autostart, before }: ResolvedApp): readonly string[] {
  const hasVariables = command.some((word) => /\{[A-Z_][A-Z0-9_]*\}/.test(word));
  if (autostart || before.length > 0 || hasVariables) return ["kasmixctl", "launch", name];
  const variables = Object.entries(environment)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`);
  return variables.length === 0 ? command : ["env", ...variables, ...command];
}

/** One argument of Exec: `%` begins a field code, and a quoted argument escapes four characters. */
function execWord(word: string): string {
  const literal = word.replaceAll("%", "%%");
  if (/^[a-zA-Z0-9_./:=@%+,-]+$/.test(literal)) return literal;
  return `"${literal.replace(/[\\"$`]/g, "\\$&")}"`;
}

/** The format's own escapes, which come on top of those of Exec. */
function escapeValue(text: string): string {
  return text
    .replaceAll("\\", "\\\\")
    .replaceAll("\n", "\\n")
    .replaceAll("\t", "\\t")
    .replaceAll("\r", "\\r")
    .replace(/^ /, "\\s");
}
