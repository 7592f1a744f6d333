import type { ResolvedApp } from "../model/runtime.ts";
import { marker } from "./marker.ts";

/** Name of a workspace and its apps: what the hooks depend on. */
interface Subject {
  readonly name: string;
  readonly apps: readonly Pick<ResolvedApp, "name" | "autostart">[];
}

/**
 * The scripts that Kasm's platform runs by `docker exec` at certain moments, by their paths in the image. A workspace
 * has its own by naming the same path in `files`.
 */
export function renderHooks(workspace: Subject): Readonly<Record<string, string>> {
  return {
    "/dockerstartup/kasm_post_run_root.sh": renderNothing(workspace, "when the container has been started"),
    "/dockerstartup/kasm_post_run_user.sh": renderPostRun(workspace),
    "/dockerstartup/kasm_pre_shutdown_root.sh": renderNothing(
      workspace,
      "before it takes the container away",
    ),
    "/dockerstartup/kasm_pre_shutdown_user.sh": renderPreShutdownUser(workspace),
  };
}

/** After the container has been started: the entrypoint has done all there is to do. */
function renderPostRun({ name }: Subject): string {
  return `#!/bin/sh
# ${marker(name)}
# Kasm runs this when the container has been started. The entrypoint needs no help; this says how it stands.
exec kasmixctl status
`;
}

/** The same moments as root: nothing in the container needs root. */
function renderNothing({ name }: Subject, moment: string): string {
  return `#!/bin/sh
# ${marker(name)}
# Kasm runs this as root ${moment}. What there is to do, the script of the user does.
exit 0
`;
}

/** Before the container is taken away and the home is saved: everything with a window writes its data. */
function renderPreShutdownUser({ name, apps }: Subject): string {
  const services = [...apps.filter(({ autostart }) => autostart).map((app) => app.name), "desktop"];
  return `#!/bin/sh
# ${marker(name)}
# Kasm runs this before it takes the container away: browsers and other programs get the time to write their data.
exec kasmixctl stop ${services.join(" ")}
`;
}
