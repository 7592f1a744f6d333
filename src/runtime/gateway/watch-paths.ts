import { type FSWatcher, lstatSync, readlinkSync, watch } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";

/** Milliseconds of quiet after a change: files are replaced one after the other. */
const QUIET = 500;
/** However much goes on, it is looked at after so many milliseconds. */
const LONGEST = 5_000;
/** As many symbolic links as the kernel follows. */
const MOST_LINKS = 40;

/**
 * Calls back when what these paths lead to may have changed: a file was written, replaced or first made, a
 * symbolic link on the way was swapped, as Kubernetes does it. The kernel tells; nothing is polled. `onFault` hears
 * what cannot be watched. Gives a function that ends it.
 */
export function watchPaths(
  paths: readonly string[],
  onChange: () => void,
  onFault: (error: Error) => void,
): () => void {
  let watchers: FSWatcher[] = [];
  let timer: NodeJS.Timeout | undefined;
  let since: number | undefined;
  const close = () => {
    for (const watcher of watchers) watcher.close();
    watchers = [];
  };
  const settle = () => {
    since = undefined;
    // Watched first, read then: what changes in between is seen by the new watchers.
    arm();
    onChange();
  };
  const touched = () => {
    since ??= performance.now();
    clearTimeout(timer);
    timer = setTimeout(settle, Math.min(QUIET, since + LONGEST - performance.now())).unref();
  };
  const arm = () => {
    close();
    watchers = merge(paths.flatMap(stepsOf)).flatMap((step) => watchStep(step, touched, onFault));
  };
  arm();
  return () => {
    clearTimeout(timer);
    close();
  };
}

/** A directory in which one of `names` decides where a path leads; or, without names, the file at its end. */
interface Step {
  readonly path: string;
  readonly names?: readonly string[];
}

/** Follows a path link by link to its end, or to where it breaks off. */
function stepsOf(path: string): Step[] {
  const steps: Step[] = [];
  let at = "/";
  let ahead = partsOf(resolve(path));
  for (let links = 0; links < MOST_LINKS; ) {
    const [name, ...rest] = ahead;
    if (name === undefined) break;
    const here = join(at, name);
    const target = targetOf(here);
    if (target !== undefined) {
      links += 1;
      steps.push({ path: at, names: [name] });
      ahead = [...partsOf(target), ...rest];
      at = isAbsolute(target) ? "/" : at;
    } else if (rest.length > 0 && entryOf(here) === "directory") {
      at = here;
      ahead = rest;
    } else {
      steps.push({ path: at, names: [name] });
      // A file mounted by itself is not seen in the directory that it is mounted over.
      if (entryOf(here) === "file") steps.push({ path: here });
      break;
    }
  }
  return steps;
}

function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

/** Where a symbolic link leads; undefined for what is none. One question, since it may be replaced at any time. */
function targetOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function entryOf(path: string): "directory" | "file" | undefined {
  try {
    const entry = lstatSync(path, { throwIfNoEntry: false });
    if (entry?.isDirectory()) return "directory";
    return entry ? "file" : undefined;
  } catch {
    return undefined;
  }
}

function merge(steps: readonly Step[]): Step[] {
  const names = new Map<string, string[]>();
  const files = new Set<string>();
  for (const step of steps) {
    if (step.names) names.set(step.path, [...(names.get(step.path) ?? []), ...step.names]);
    else files.add(step.path);
  }
  return [
    ...[...names].map(([path, wanted]) => ({ path, names: wanted })),
    ...[...files].map((path) => ({ path })),
  ];
}

function watchStep(
  { path, names }: Step,
  onTouched: () => void,
  onFault: (error: Error) => void,
): FSWatcher[] {
  // A directory tells of its own end by its own name.
  const matters = (name: string | null) =>
    name === null || !names || names.includes(name) || join(dirname(path), name) === path;
  try {
    const watcher = watch(path, { persistent: false }, (_event, name) => {
      if (matters(name)) onTouched();
    });
    return [watcher.on("error", onFault)];
  } catch (error) {
    // Gone since it was looked at: the watcher of the directory above tells what becomes of it.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") onFault(error as Error);
    return [];
  }
}
