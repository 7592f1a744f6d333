import { didYouMean } from "../terminal/suggest.ts";
import type { Fault } from "./error.ts";
import { entries, type Lenient, present } from "./lenient.ts";
import { showPath } from "./paths.ts";
import { BUILT_IN_SERVICES } from "./runtime.ts";
import type { Workspace } from "./types.ts";

/**
 * Faults of the services' dependencies: unknown names, conditions that are never met, cycles. The built-in
 * services need only each other, so no cycle contains them.
 */
export function dependencyFaults(workspace: Lenient<Workspace>): Fault[] {
  const own = Object.keys(workspace.services ?? {});
  return [...needFaults(workspace, [...own, ...BUILT_IN_SERVICES]), ...cycleFaults(workspace)];
}

function needFaults(workspace: Lenient<Workspace>, known: readonly string[]): Fault[] {
  const apps = present(workspace.apps).map(({ item }) => item.name);
  return entries(workspace.services).flatMap(([name, service]) =>
    present(service.needs).flatMap(({ item: need, index }): Fault[] => {
      if (need.service === undefined) return [];
      const path = showPath(["services", name, "needs", index, "service"]);
      if (!known.includes(need.service)) {
        const isApp = apps.includes(need.service);
        const message = isApp
          ? `"${need.service}" is an app, and a service cannot wait for an app`
          : `there is no service "${need.service}"`;
        const hint = didYouMean(need.service, known).trim();
        return [{ path, message, fix: hint || `Use one of ${known.join(", ")}.` }];
      }
      return need.condition === "completed" ? completionFaults(workspace, need.service, path) : [];
    }),
  );
}

/** Limits of unknown services, and of apps that the supervisor does not run. */
export function limitFaults(workspace: Lenient<Workspace>): Fault[] {
  const apps = present(workspace.apps).map(({ item }) => item);
  const started = apps.flatMap(({ autostart, name }) => (autostart ? (name ?? []) : []));
  const known = [...Object.keys(workspace.services ?? {}), ...started, ...BUILT_IN_SERVICES];
  const unknown = Object.keys(workspace.limits ?? {}).filter((name) => !known.includes(name));
  return unknown.map((name): Fault => {
    const path = showPath(["limits", name]);
    if (apps.some((app) => app.name === name)) {
      const message = `"${name}" is an app that is not started with the desktop`;
      return { path, message, fix: "Give the app `autostart: true`, or remove the limit." };
    }
    const fix = didYouMean(name, known).trim() || `Use one of ${known.join(", ")}.`;
    return { path, message: `there is no service "${name}"`, fix };
  });
}

/** A launcher without a browser to open pages in. */
export function launcherFaults(workspace: Lenient<Workspace>): Fault[] {
  const wanted = workspace.launcher?.app;
  if (wanted === undefined) return [];
  const apps = present(workspace.apps).map(({ item }) => item);
  const app = apps.find(({ name }) => name === wanted);
  if (app?.opensUrls && app.autostart) return [];
  const path = showPath(["launcher", "app"]);
  if (app === undefined) {
    const names = apps.flatMap(({ name }) => name ?? []);
    const fix = didYouMean(wanted, names).trim() || "Name one of `apps`.";
    return [{ path, message: `there is no app "${wanted}"`, fix }];
  }
  const message = `"${wanted}" is not started with the desktop, or does not open URLs`;
  return [{ path, message, fix: "Give it `autostart: true` and `opensUrls: true`." }];
}

/** A service that is always restarted, as the built-in ones are, never completes. */
function completionFaults(workspace: Lenient<Workspace>, needed: string, path: string): Fault[] {
  const service = workspace.services?.[needed];
  if (service?.restart === "never" || service?.restart === "on-failure") return [];
  const message = `"${needed}" never completes: it is restarted whenever it ends`;
  const fix =
    service === undefined
      ? 'Use the condition "ready" or "started".'
      : `Give ${showPath(["services", needed])} \`restart: "on-failure"\`, or use the condition "ready".`;
  return [{ path, message, fix }];
}

/** One fault for each cycle, told at its first service in the order of the workspace. */
function cycleFaults(workspace: Lenient<Workspace>): Fault[] {
  const needsOf = new Map(
    entries(workspace.services).map(([name, service]) => [
      name,
      present(service.needs).flatMap(({ item }) => item.service ?? []),
    ]),
  );
  const done = new Set<string>();
  const faults: Fault[] = [];
  const visit = (name: string, trail: readonly string[]): void => {
    const start = trail.indexOf(name);
    if (start !== -1) {
      const cycle = [...trail.slice(start), name];
      const message = `these services wait for each other: ${cycle.join(" -> ")}`;
      faults.push({
        path: showPath(["services", name, "needs"]),
        message,
        fix: "Remove one of these needs.",
      });
      return;
    }
    if (done.has(name)) return;
    for (const needed of needsOf.get(name) ?? []) visit(needed, [...trail, name]);
    done.add(name);
  };
  for (const name of needsOf.keys()) visit(name, []);
  return faults;
}
