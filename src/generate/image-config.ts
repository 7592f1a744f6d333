import type { ResolvedWorkspace } from "../model/resolve.ts";
import type { Data } from "../nix/expression.ts";

/**
 * What starts a container: tini, which reaps orphans, and below it the entrypoint. `-s` has it reap them also where it
 * is not process 1, as with `docker run --init` and in pods that share their processes.
 */
export const ENTRYPOINT: readonly string[] = [
  "/usr/bin/tini",
  "-s",
  "--",
  "/usr/bin/node",
  // A small heap and no helper threads for it: the supervisor is idle nearly always (docs/internals/benchmarks.md).
  ...["--max-semi-space-size=1", "--optimize-for-size", "--single-threaded"],
  "/opt/kasmix/entrypoint.mjs",
];

/** The desktop user's home in the container. */
export const HOME = "/home/kasm-user";
/** Where the entrypoint keeps its sockets; told to all, so that `docker exec` reaches the desktop too. */
const RUNTIME_DIRECTORY = "/tmp/kasmix-1000";
const NANOSECONDS = 1_000_000_000;

/** The image's configuration, as the OCI image format has it. Never a secret: they are given at run time. */
export function imageConfig(workspace: ResolvedWorkspace): { readonly [key: string]: Data } {
  const ports = ["4901/tcp", "4902/tcp", "4903/tcp", "4904/tcp", "6901/tcp"];
  const volumes = [HOME, ...workspace.volumes.map(({ path }) => path)].sort();
  return {
    Entrypoint: ENTRYPOINT,
    Env: environment(workspace),
    ExposedPorts: emptySets(ports),
    Healthcheck: {
      Interval: 15 * NANOSECONDS,
      Retries: 3,
      StartPeriod: 30 * NANOSECONDS,
      Test: ["CMD", "/usr/bin/test", "-e", "/tmp/kasmix/desktop.ready"],
      Timeout: 5 * NANOSECONDS,
    },
    Labels: {
      "com.kasmweb.image": "true",
      ...(workspace.display.server === "kasmvnc" ? { "io.kasmix.display-server": "kasmvnc" } : {}),
      "io.kasmix.workspace": workspace.name,
      "org.opencontainers.image.description": workspace.description,
      "org.opencontainers.image.title": workspace.title,
    },
    User: "1000",
    Volumes: emptySets(volumes),
    WorkingDir: HOME,
  };
}

/** `NAME=value`, sorted; the workspace's own win over these. */
function environment({ display, environment }: ResolvedWorkspace): string[] {
  const variables: Record<string, string> = {
    DBUS_SESSION_BUS_ADDRESS: `unix:path=${RUNTIME_DIRECTORY}/bus`,
    DISPLAY: ":1",
    HOME,
    LANG: "C.UTF-8",
    MAX_FRAME_RATE: String(display.frameRate),
    // Without it every GTK program asks the session bus for a screen reader's bus that is not installed.
    NO_AT_BRIDGE: "1",
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/games:/usr/games",
    VNC_RESOLUTION: display.resolution,
    XAUTHORITY: `${RUNTIME_DIRECTORY}/Xauthority`,
    XDG_RUNTIME_DIR: RUNTIME_DIRECTORY,
    ...environment,
  };
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}`)
    .sort();
}

function emptySets(keys: readonly string[]): { readonly [key: string]: Data } {
  return Object.fromEntries(keys.map((key) => [key, {}]));
}
