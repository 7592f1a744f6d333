import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { reasonOf } from "../../log/attempt.ts";
import type { Log } from "../../log/log.ts";

/** The variables of the layout, as every program of XKB names them, and the options of setxkbmap. */
export const LAYOUT_VARIABLES = {
  XKB_DEFAULT_LAYOUT: "-layout",
  XKB_DEFAULT_VARIANT: "-variant",
  XKB_DEFAULT_OPTIONS: "-option",
} as const;

/** Milliseconds for setxkbmap: the desktop must start. */
const PATIENCE = 5_000;

/** Gives a display the keyboard that the environment names; without one its own stays. Never rejects. */
export async function setLayout(environment: NodeJS.ProcessEnv, log: Log): Promise<void> {
  const options = Object.entries(LAYOUT_VARIABLES).flatMap(([variable, option]) => {
    const value = environment[variable];
    return value ? [option, value] : [];
  });
  if (options.length === 0) return;
  try {
    await promisify(execFile)("setxkbmap", options, { env: environment, timeout: PATIENCE });
  } catch (error) {
    const reason = reasonOf(error).trim().split("\n").at(-1);
    const message = `The keyboard keeps the American layout, because setxkbmap fails with ${options.join(" ")}: ${reason}. Layouts and variants are listed in /usr/share/X11/xkb/rules/base.lst.`;
    log.warn({ event: "keyboard.layout", options, message });
  }
}
