import { type FSWatcher, lstatSync, readlinkSync, watch } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";

/** Milliseconds without a change before calling back: certificate and key are replaced one after the other. */
const QUIET = 500;
/** Milliseconds after the first change, at the latest, until calling back. */
const LONGEST = 5_000;
/** The kernel's limit of symbolic links in a path. */
const MOST_LINKS = 40;

/**
 * Calls back when the files at these paths may have changed: a file was written, replaced or created, or a symbolic
 * link in the path was swapped, as Kubernetes does. Uses inotify, no polling. `onFault` is called with what cannot be
 * watched. Returns a function that stops watching.
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
    // Watch before reading: the new watchers see a change in between.
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

/** A directory with the `names` in it that a path goes through; or, without names, the file at the end of a path. */
interface Step {
  readonly path: string;
  readonly names?: readonly string[];
}

/** Follows a path link by link to its end, or to the first missing part. */
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
      // Changes of a bind-mounted file are not reported by the directory above it.
      if (entryOf(here) === "file") steps.push({ path: here });
      break;
    }
  }
  return steps;
}

function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

/**
 * Target of a symbolic link; undefined for anything else. A single system call, since it may be replaced at any time.
 */
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
  // A directory reports its own removal under its own name.
  const matters = (name: string | null) =>
    name === null || !names || names.includes(name) || join(dirname(path), name) === path;
  try {
    const watcher = watch(path, { persistent: false }, (_event, name) => {
      if (matters(name)) onTouched();
    });
    return [watcher.on("error", onFault)];
  } catch (error) {
    // Deleted meanwhile: the watcher of the directory above reports what happens to it.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") onFault(error as Error);
    return [];
  }
}
