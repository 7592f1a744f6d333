import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ResolvedService, RuntimeConfig } from "../../src/model/runtime.ts";

/** A service of a test's workspace, with the model's defaults. */
export interface TestService extends Partial<ResolvedService> {
  /**
   * Instead of a command: a shell script. Each start is counted by a line in the marker file `NAME.starts` first.
   * `gate NAME` waits until the test opens that gate, `mark NAME TEXT` adds a line to a marker file, `stay` stays.
   */
  readonly script?: string;
}

export interface FaultOptions {
  readonly services?: Readonly<Record<string, TestService>>;
  /** Ceilings of services by name, as the model has them. */
  readonly limits?: RuntimeConfig["limits"];
  /** Gates that the services' scripts may wait at. */
  readonly gates?: readonly string[];
  /** The text of workspace.json instead of the services; it may be invalid. */
  readonly config?: string;
  /** Shell commands that run before the entrypoint at each start, as process 1. */
  readonly before?: string;
  /** Shell scripts that replace files of the image, by path. */
  readonly over?: Readonly<Record<string, string>>;
  /** Options of `docker volume create` for the home. @default a plain volume */
  readonly home?: readonly string[];
  /** Whether the home is mounted read-only. @default false */
  readonly readOnlyHome?: boolean;
  /** Further options of `docker create`. */
  readonly engineOptions?: readonly string[];
}

/** The test's folder as the container sees it. */
export const INSIDE = "/faults";

/** Creates the /faults folder of a container with a fault: workspace, gates and scripts. Returns its path. */
export function prepareFolder({
  services = {},
  limits = {},
  config,
  gates = [],
  before,
  over = {},
}: FaultOptions): string {
  const folder = mkdtempSync(join(tmpdir(), "kasmix-faults-"));
  // Any user of the container may write marks.
  chmodSync(folder, 0o777);
  const entries = Object.entries(services).map(([name, service]) => [name, resolve(name, service)]);
  const text = config ?? JSON.stringify({ services: Object.fromEntries(entries), limits });
  writeFileSync(join(folder, "workspace.json"), text);
  for (const name of gates) {
    const path = join(folder, `${name}.gate`);
    execFileSync("mkfifo", [path]);
    chmodSync(path, 0o666);
  }
  if (before !== undefined)
    writeScript(join(folder, "before.sh"), `${before}\nexec /dockerstartup/vnc_startup.sh`);
  mkdirSync(join(folder, "over"));
  for (const [path, script] of Object.entries(over)) writeScript(scriptFile(folder, path), script);
  return folder;
}

function resolve(name: string, { script, ...service }: TestService): ResolvedService {
  return {
    command: script === undefined ? [] : ["sh", "-c", `${PRELUDE}\nmark ${name}.starts $$\n${script}`],
    environment: {},
    directory: "/home/kasm-user",
    needs: [],
    restart: "always",
    stop: { signal: "TERM", grace: 5, to: "group" },
    critical: false,
    ...service,
  };
}

const PRELUDE = [
  `gate() { read -r _ < ${INSIDE}/$1.gate; }`,
  `mark() { echo "$2" >> ${INSIDE}/$1; }`,
  "stay() { exec sleep infinity; }",
].join("\n");

/** The script in the folder that replaces a file of the image. */
export function scriptFile(folder: string, path: string): string {
  return join(folder, "over", path.replaceAll("/", "_"));
}

function writeScript(path: string, script: string): void {
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}
