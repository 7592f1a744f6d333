import { existsSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { displayNumber } from "../session/display.ts";
import type { Directories } from "./directories.ts";
import { SECRETS } from "./secrets.ts";

/**
 * The environment of everything that the supervisor starts. Later parts override earlier ones: the workspace's, the
 * container's without its secrets, and the session's display, buses and directories.
 */
export function sessionEnvironment(
  workspace: Readonly<Record<string, string>>,
  container: NodeJS.ProcessEnv,
  { home, runtime }: Directories,
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
    USER: user,
    LOGNAME: user,
    ...given,
    ...locale(given),
    HOME: home,
    XDG_RUNTIME_DIR: runtime,
    DISPLAY: `:${displayNumber(container.DISPLAY)}`,
    XAUTHORITY: `${runtime}/Xauthority`,
    DBUS_SESSION_BUS_ADDRESS: `unix:path=${runtime}/bus`,
    PULSE_SERVER: `unix:${runtime}/pulse/native`,
    XDG_SESSION_TYPE: "x11",
    XDG_CURRENT_DESKTOP: "XFCE",
    XDG_MENU_PREFIX: "xfce-",
    DESKTOP_SESSION: "xfce",
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

/** LANG and LC_ALL, with C.UTF-8 for a locale that is not installed: GTK falls back to ASCII otherwise. */
function locale({ LANG, LC_ALL }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const usable = (name: string | undefined) => (name && isInstalled(name) ? name : "C.UTF-8");
  return { LANG: usable(LANG), ...(LC_ALL ? { LC_ALL: usable(LC_ALL) } : {}) };
}

function isInstalled(name: string): boolean {
  if (["C", "POSIX", "C.UTF-8", "C.utf8"].includes(name)) return true;
  // glibc stores `en_US.UTF-8` as `en_US.utf8`, each in a directory or all in one archive.
  const stored = name.replace(
    /\.([^@]+)/,
    (_, charset: string) => `.${charset.toLowerCase().replace(/[^a-z0-9]/g, "")}`,
  );
  if (!/^[\w.@-]+$/.test(stored)) return false;
  return existsSync(`/usr/lib/locale/${stored}`) || archive().includes(`\0${stored}\0`);
}

function archive(): Buffer {
  try {
    return readFileSync("/usr/lib/locale/locale-archive");
  } catch {
    return Buffer.alloc(0);
  }
}
