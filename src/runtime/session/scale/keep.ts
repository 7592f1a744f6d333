import { execFile } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "../../log/log.ts";
import type { Edge } from "../../supervisor/model.ts";
import { latestOnly } from "../latest-only.ts";
import { changeXfconf, readXfconf } from "../xfconf.ts";
import { CHANNELS, type Change, LATE, panelSizes, planScale } from "./plan.ts";

/** Keeps the desktop at a scale. */
export interface ScaleKeeper {
  /** Sets how many times larger than on an ordinary screen the desktop draws everything. Programs follow at once. */
  set(scale: number): void;
  /** Takes every change of a service's state: a new desktop may not have the scale yet. */
  note(edge: Edge): void;
}

/** Milliseconds that programs have to follow. */
const PAUSE = 1_000;

/** Sets XFCE's own settings; a failure is logged, and the next desktop tried again. */
export function createScaleKeeper(environment: NodeJS.ProcessEnv, log: Log): ScaleKeeper {
  let wanted: number | undefined;
  const apply = latestOnly(async (scale: number) => {
    try {
      const current = await readXfconf(CHANNELS, environment);
      const changes = planScale(scale, current);
      if (changes.length === 0) return;
      const late = changes.filter(({ channel }) => LATE.includes(channel));
      for (const change of changes) if (!late.includes(change)) await changeXfconf(change, environment);
      await delay(PAUSE);
      for (const change of late) await changeXfconf(change, environment);
      await keepWindowsOff(panelSizes(current, changes), environment);
      drawAnew(environment);
      log.info({ event: "scale", scale });
    } catch (error) {
      const message = `The desktop does not get the scale ${scale}: ${String(error)}`;
      log.warn({ event: "scale.failed", scale, message });
    }
  });
  return {
    set(scale) {
      wanted = scale;
      apply(scale);
    },
    note({ service, to }) {
      if (service === "desktop" && to === "ready" && wanted !== undefined) apply(wanted);
    },
  };
}

/**
 * Makes the panels a pixel larger for a moment. On a busy machine one that got a new scale together with a new size of the
 * screen lets windows cover it until its own size changes.
 */
async function keepWindowsOff(sizes: readonly Change[], environment: NodeJS.ProcessEnv): Promise<void> {
  for (const size of sizes) await changeXfconf({ ...size, value: `${Number(size.value) + 1}` }, environment);
  await delay(PAUSE);
  for (const size of sizes) await changeXfconf(size, environment);
}

/** Programs leave parts of their windows unpainted when the scale changes, until a part of them is uncovered. */
function drawAnew(env: NodeJS.ProcessEnv): void {
  execFile("xrefresh", { env }, () => {});
}
