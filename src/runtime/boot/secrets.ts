import type { Log } from "../log/log.ts";

/** Variables that started programs must not see. */
export const SECRETS: readonly string[] = ["VNC_PW", "VNC_VIEW_ONLY_PW", "URL_LAUNCHER_TOKEN"];

/**
 * The environment with its secrets as people type them. Files from which secrets are made often end with a line break,
 * which nobody can type: it is removed and logged.
 */
export function trimSecrets(environment: NodeJS.ProcessEnv, log: Log): NodeJS.ProcessEnv {
  const trimmed = SECRETS.flatMap((variable) => {
    const given = environment[variable] ?? "";
    const value = given.replace(/[\r\n]+$/, "");
    if (value === given) return [];
    const message = `${variable} ends with a line break, which is removed: leave it out of the secret (printf '%s', not echo).`;
    log.warn({ event: "secret.trimmed", variable, message });
    return [[variable, value]];
  });
  return { ...environment, ...Object.fromEntries(trimmed) };
}
