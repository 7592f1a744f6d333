import { userInfo } from "node:os";
import { displayNumber } from "../session/display.ts";
import { XFCE } from "../session/xfce.ts";
import type { Directories } from "./directories.ts";
import { SECRETS } from "./secrets.ts";

/**
 * The environment of everything that the supervisor starts. Later parts override earlier ones: the workspace's, the
 * container's without its secrets, and the session's locale (see `prepareLocales`), desktop, display, buses and directories.
 */
export function sessionEnvironment(
  workspace: Readonly<Record<string, string>>,
  container: NodeJS.ProcessEnv,
  { home, runtime }: Directories,
  locales: NodeJS.ProcessEnv,
  desktop = XFCE.name,
): NodeJS.ProcessEnv {
  const given: NodeJS.ProcessEnv = { ...workspace, ...container };
  for (const secret of SECRETS) {
    delete given[secret];
    delete given[`${secret}_FILE`];
  }
  const user = userName();
  return {
    XDG_CONFIG_DIRS: "/etc/xdg",
    XDG_DATA_DIRS: "/usr/local/share:/usr/share",
    SHELL: "/bin/bash",
    // Qt 5 leaves the scale of its windows alone without these; Qt 6 does so by itself.
    QT_ENABLE_HIGHDPI_SCALING: "1",
    QT_SCALE_FACTOR_ROUNDING_POLICY: "PassThrough",
    USER: user,
    LOGNAME: user,
    ...given,
    ...locales,
    HOME: home,
    XDG_RUNTIME_DIR: runtime,
    DISPLAY: `:${displayNumber(container.DISPLAY)}`,
    XAUTHORITY: `${runtime}/Xauthority`,
    DBUS_SESSION_BUS_ADDRESS: `unix:path=${runtime}/bus`,
    PULSE_SERVER: `unix:${runtime}/pulse/native`,
    XDG_SESSION_TYPE: "x11",
    XDG_CURRENT_DESKTOP: desktop,
    XDG_MENU_PREFIX: `${desktop.toLowerCase()}-`,
    DESKTOP_SESSION: desktop.toLowerCase(),
  };
}

/** The name of this user; an arbitrary uid, as in Kubernetes, has no entry in /etc/passwd. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "kasm-user";
  }
}
