import { execFile } from "node:child_process";
import type { ResolvedApp } from "../../model/runtime.ts";
import type { Log } from "../log/log.ts";
import type { Edge } from "../supervisor/model.ts";
import { watchWindow } from "./window.ts";

/**
 * Maximizes the windows of apps with `maximize`. The returned function takes every change of state; from an app's start on
 * its window is watched for, by the text of its readiness or by its title. MAXIMIZE=false switches that off.
 */
export function createMaximizer(
  apps: readonly ResolvedApp[],
  environment: NodeJS.ProcessEnv,
  log: Log,
): (edge: Edge) => void {
  const wanted = new Map(apps.filter((app) => app.maximize).map((app) => [app.name, app]));
  const watches = new Map<string, () => void>();
  return ({ service, to }) => {
    const app = wanted.get(service);
    if (app === undefined || environment.MAXIMIZE === "false" || to === "ready") return;
    watches.get(service)?.();
    watches.delete(service);
    if (to !== "starting") return;
    const text = app.ready && "window" in app.ready ? app.ready.window : app.title;
    const end = watchWindow(text, environment, (window) => maximize(service, window, environment, log));
    watches.set(service, end);
  };
}

function maximize(app: string, window: string, env: NodeJS.ProcessEnv, log: Log): void {
  const id = `0x${Number(window).toString(16)}`;
  execFile("wmctrl", ["-i", "-r", id, "-b", "add,maximized_vert,maximized_horz"], { env }, (error) => {
    if (error) log.warn({ event: "maximize.failed", app, message: error.message });
  });
}
