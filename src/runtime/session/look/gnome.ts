import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Scheme } from "./plan.ts";

const run = promisify(execFile);

/** Milliseconds: the settings' service may have to be started. */
const PATIENCE = 10_000;

const KEY = "/org/gnome/desktop/interface/color-scheme";

/**
 * Tells programs of GTK 4 and libadwaita which colours the desktop has, in images that have some (src/parts/gtk4.ts). They
 * read no theme, and follow at once.
 */
export async function setGnomeScheme(scheme: Scheme, environment: NodeJS.ProcessEnv): Promise<void> {
  const preference = scheme === "dark" ? "'prefer-dark'" : "'default'";
  const options = { env: environment, timeout: PATIENCE };
  await run("dconf", ["write", KEY, preference], options).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
}
