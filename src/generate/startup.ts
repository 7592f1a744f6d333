import type { ResolvedApp } from "../model/runtime.ts";
import { ENTRYPOINT } from "./image-config.ts";
import { marker } from "./marker.ts";
import { shellWord } from "./shell.ts";

/** Exists exactly while the desktop is ready; the entrypoint keeps it, and its process id and start time in it. */
export const READY_FILE = "/tmp/kasmix/desktop.ready";

/** Name of a workspace and its apps: what the scripts depend on. */
interface Subject {
  readonly name: string;
  readonly apps: readonly Pick<ResolvedApp, "name" | "autostart">[];
}

/** /usr/bin/desktop_ready: returns when the desktop is ready, the way Kasm's images do. */
export function renderDesktopReady({ name }: Subject): string {
  return script(
    name,
    `# Returns as soon as the desktop is ready: the entrypoint keeps this file exactly while it is, with its process id and
# the time of its start. One of another start was left by a container that was killed.
is_ready() {
  read -r pid start < ${READY_FILE} && [ "$(sed 's/.*) //' "/proc/$pid/stat" | cut -d ' ' -f 20)" = "$start" ]
}
until is_ready 2>/dev/null; do
  sleep 0.1
done
`,
  );
}

/** /usr/bin/filter_ready: returns when Kasm's web filter listens, at once where none is asked for. */
export function renderFilterReady({ name }: Subject): string {
  return script(
    name,
    `# Returns as soon as Kasm's web filter listens on 127.0.0.1:3128 (0C38), at once if there is to be none.
[ "\${http_proxy:-}" = http://127.0.0.1:3128 ] || exit 0
until grep -Eqs ':0C38 0+:0000 0A ' /proc/net/tcp /proc/net/tcp6; do
  sleep 0.5
done
`,
  );
}

/**
 * /dockerstartup/kasm_default_profile.sh: the first of the three scripts that start one of Kasm's images, for callers
 * that name it. The entrypoint fills the home itself.
 */
export function renderDefaultProfile({ name }: Subject): string {
  return script(
    name,
    `# Kept for callers that start the image by it: the home is filled by the entrypoint.
[ $# -gt 0 ] || exit 0
exec "$@"
`,
  );
}

/** /dockerstartup/vnc_startup.sh: what starts one of Kasm's images, for callers that name it. */
export function renderVncStartup({ name }: Subject): string {
  return script(
    name,
    `# Kept for callers that start the image by it.
exec ${ENTRYPOINT.map(shellWord).join(" ")}
`,
  );
}

/**
 * /dockerstartup/custom_startup.sh: opens a URL in a running desktop (`--go` or `--assign` with `--url`); with FORCE as
 * second word starts the apps although DISABLE_CUSTOM_STARTUP holds them back. Else it has nothing to do: the
 * supervisor starts the apps.
 */
export function renderCustomStartup({ name, apps }: Subject): string {
  const started = apps.filter((app) => app.autostart).map((app) => shellWord(app.name));
  const force = started.length === 0 ? "exit 0" : `exec kasmixctl start ${started.join(" ")}`;
  return script(
    name,
    `# Opens a URL in the workspace's browser: custom_startup.sh --go|--assign --url URL
go=
url=
words=0
force=
while [ $# -gt 0 ]; do
  case $1 in
    -g | --go | -a | --assign) go=1 ;;
    -u | --url)
      if [ $# -lt 2 ]; then
        echo "custom_startup.sh: $1 needs a URL" >&2
        exit 1
      fi
      url=$2
      shift
      ;;
    --url=*) url=\${1#--url=} ;;
    --) ;;
    -*)
      echo "custom_startup.sh: unknown option $1; use --go|--assign --url URL" >&2
      exit 1
      ;;
    *)
      words=$((words + 1))
      [ $words -lt 2 ] || force=$1
      ;;
  esac
  shift
done

if [ -z "$go" ]; then
  # The start of the container, where the supervisor starts the apps.
  [ -n "$force" ] || exit 0
  ${force}
fi
if [ -z "$url" ]; then
  echo "No URL specified: nothing to open"
  exit 0
fi
filter_ready
desktop_ready
exec kasmixctl open "$url"
`,
  );
}

/**
 * /dockerstartup/maximize_window.sh: maximises the window with MAXIMIZE_NAME in its title as soon as it is there, if
 * MAXIMIZE is true, as Kasm's does. For callers of their own: the supervisor maximises what `maximize` is set for.
 */
export function renderMaximizeWindow({ name }: Subject): string {
  return script(
    name,
    `# Maximises the window with MAXIMIZE_NAME in its title, if MAXIMIZE is true.
[ "\${MAXIMIZE:-}" = true ] && [ -n "\${MAXIMIZE_NAME:-}" ] || exit 0
tries=0
until wmctrl -r "$MAXIMIZE_NAME" -b add,maximized_vert,maximized_horz 2>/dev/null; do
  tries=$((tries + 1))
  [ $tries -lt 60 ] || exit 0
  sleep 1
done
`,
  );
}

/** /dockerstartup/generate_container_user, to be sourced: gives the shell of an arbitrary uid a name. */
export function renderGenerateContainerUser({ name }: Subject): string {
  return script(
    name,
    `# Sourced by shells: names the uid that the container was started with, as the entrypoint does for the desktop.
if ! getent passwd "$(id -u)" >/dev/null && [ -r "\${XDG_RUNTIME_DIR:-/nowhere}/passwd" ]; then
  export NSS_WRAPPER_PASSWD="$XDG_RUNTIME_DIR/passwd" NSS_WRAPPER_GROUP=/etc/group LD_PRELOAD=libnss_wrapper.so
fi
`,
  );
}

function script(workspace: string, body: string): string {
  return `#!/bin/sh\n# ${marker(workspace)}\n${body}`;
}
