import type { ResolvedApp } from "../model/runtime.ts";
import { ENTRYPOINT } from "./image-config.ts";
import { marker } from "./marker.ts";
import { shellWord } from "./shell.ts";

/** Exists exactly while the desktop is ready; the entrypoint keeps it. */
export const READY_FILE = "/tmp/kasmix/desktop.ready";

/** Name of a workspace and its apps: what the scripts depend on. */
interface Subject {
  readonly name: string;
  readonly apps: readonly ResolvedApp[];
}

/** /usr/bin/desktop_ready: returns when the desktop is ready, the way Kasm's images do. */
export function renderDesktopReady({ name }: Subject): string {
  return script(
    name,
    `# Returns as soon as the desktop is ready: the entrypoint keeps this file exactly while it is.
until [ -e ${READY_FILE} ]; do
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
 * /dockerstartup/custom_startup.sh: opens a URL in the first app of a running desktop (`--go` or `--assign` with
 * `--url`). Without one of them it has nothing to do: the supervisor starts the apps.
 */
export function renderCustomStartup({ name, apps }: Subject): string {
  const [app] = apps;
  const open =
    app === undefined
      ? `echo "This workspace has no app that could open $url" >&2
exit 1
`
      : renderOpen(app);
  return script(
    name,
    `# Opens a URL in the first app: custom_startup.sh --go|--assign --url URL
go=
url=
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
  esac
  shift
done

# Without --go or --assign this is the start of the container, where the supervisor starts the apps.
[ -n "$go" ] || exit 0
if [ -z "$url" ]; then
  echo "No URL specified: nothing to open"
  exit 0
fi
filter_ready
desktop_ready
${open}`,
  );
}

function renderOpen({ command, environment }: ResolvedApp): string {
  const [program = "", ...args] = command;
  const variables = Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1));
  const exports = variables.map(([key, value]) => `export ${key}=${shellWord(value)}\n`).join("");
  const own = ["set --", ...args.map(shellWord)].join(" ");
  return `${exports}${own}
if [ -n "\${APP_ARGS:-}" ]; then
  set -f
  # shellcheck disable=SC2086 # words are what it holds
  set -- $APP_ARGS
fi
exec ${shellWord(program)} "$@" "$url"
`;
}

function script(workspace: string, body: string): string {
  return `#!/bin/sh\n# ${marker(workspace)}\n${body}`;
}
