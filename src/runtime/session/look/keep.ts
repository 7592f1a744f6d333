import { existsSync } from "node:fs";
import type { Log } from "../../log/log.ts";
import type { Edge } from "../../supervisor/model.ts";
import { latestOnly } from "../latest-only.ts";
import { changeXfconf, readXfconf } from "../xfconf.ts";
import { setGnomeScheme } from "./gnome.ts";
import { CHANNELS, givenScheme, planLook, type Scheme, schemeOf } from "./plan.ts";
import { setQtScheme } from "./qt.ts";

/** Keeps the desktop's look. */
export interface LookKeeper {
  /** Takes what the visitor's browser prefers. Resolves when it is set; undefined if it is already. */
  prefer(isDark: boolean): Promise<void> | undefined;
  /** Takes every change of a service's state: a new desktop may not have the look yet. */
  note(edge: Edge): void;
}

/** Where Kasm's users mount a wallpaper of their own, the newer place first. */
const MOUNTED = ["/usr/share/extra/backgrounds/bg_default.png", "/usr/share/backgrounds/bg_default.png"];

/**
 * Sets XFCE's theme and wallpaper: light or dark as the leading window's browser prefers, or as KASMIX_THEME says. A failure
 * is logged, and the next desktop tried again.
 */
export function createLookKeeper(environment: NodeJS.ProcessEnv, log: Log): LookKeeper {
  const { KASMIX_THEME: theme } = environment;
  const fixed = theme === "light" || theme === "dark" ? theme : undefined;
  let preferred: Scheme | undefined;
  /** What the desktop was given last. */
  let given: Scheme | undefined;
  let waiting: (() => void)[] = [];
  const apply = latestOnly(async () => {
    const scheme = fixed ?? preferred;
    const served = waiting;
    waiting = [];
    try {
      const wallpaper = MOUNTED.find((path) => existsSync(path));
      const current = await readXfconf(CHANNELS, environment);
      const changes = planLook(scheme, wallpaper, current);
      for (const change of changes) await changeXfconf(change, environment);
      given = scheme ?? givenScheme(current);
      const shown = schemeOf(current, changes);
      setQtScheme(shown, { home: environment.HOME ?? "/" });
      await setGnomeScheme(shown, environment);
      if (changes.length > 0) log.info({ event: "look", scheme, wallpaper });
    } catch (error) {
      given = undefined;
      const message = `The desktop does not get its theme and wallpaper: ${String(error)}`;
      log.warn({ event: "look.failed", scheme, message });
    }
    for (const done of served) done();
  });
  return {
    prefer(isDark) {
      preferred = isDark ? "dark" : "light";
      if (fixed !== undefined || given === preferred) return undefined;
      return new Promise((resolve) => {
        waiting.push(resolve);
        apply(undefined);
      });
    },
    note({ service, to }) {
      if (service === "desktop" && to === "ready") apply(undefined);
    },
  };
}
