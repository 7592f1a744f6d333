import { closeSync, readFileSync } from "node:fs";
import { readTextIfThere } from "../../files/read-text-if-there.ts";
import { attempt } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";
import { readSecretFile } from "./secret-file.ts";

/** Secrets, by the variables that give them: NAME itself, or NAME_FILE with the path of a file. */
export const SECRETS = ["VNC_PW", "VNC_VIEW_ONLY_PW", "URL_LAUNCHER_TOKEN"] as const;

/** The secrets that are set. Their owner deletes them when only their digests are needed. */
export type Secrets = { [name in (typeof SECRETS)[number]]?: string };

/** How hide-secrets (nix/secrets/) passes them on: a pipe, whose descriptor this variable names. */
const PIPE = "KASMIX_SECRETS_FD";
/** The library by which hide-secrets hides this process. Programs that it starts do not need it. */
const LIBRARY = "/opt/kasmix/undumpable.so";

/**
 * Takes the secrets out of the environment, and out of the pipe and the files that it names. Line breaks at the end, which
 * nobody can type, are removed. What cannot be used is logged and counts as not set. So is what programs on the desktop
 * can read nevertheless.
 */
export function takeSecrets(environment: NodeJS.ProcessEnv, log: Log): Secrets {
  const piped = attempt(log, NO_PIPE, () => readPipe(environment[PIPE])) ?? {};
  const preloaded = (environment.LD_PRELOAD ?? "").split(":").filter((path) => path !== LIBRARY);
  if (preloaded.join("") === "") delete environment.LD_PRELOAD;
  else environment.LD_PRELOAD = preloaded.join(":");
  delete environment[PIPE];
  const secrets: Secrets = {};
  for (const name of SECRETS) {
    const given = piped[name] ?? environment[name] ?? "";
    const path = environment[`${name}_FILE`] ?? "";
    delete environment[name];
    delete environment[`${name}_FILE`];
    const secret = given === "" ? readSecretFile(name, path, log) : withoutLineBreak(name, given, log);
    if (given !== "" && path !== "") warnAboutBoth(name, log);
    if (given !== "") warnIfShown(name, log);
    if (secret) secrets[name] = secret;
  }
  return secrets;
}

const NO_PIPE = {
  event: "secret.unusable",
  advice: "The passwords of the environment got lost, so none of them counts. Start the container again.",
};

function readPipe(descriptor: string | undefined): Secrets {
  if (descriptor === undefined) return {};
  const fd = Number(descriptor);
  const pairs = readFileSync(fd, "utf8").split("\0").slice(0, -1);
  closeSync(fd);
  return Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
  );
}

function withoutLineBreak(variable: string, given: string, log: Log): string {
  const value = given.replace(/[\r\n]+$/, "");
  if (value !== given) {
    const message = `${variable} ends with a line break, which is removed: leave it out of the secret (printf '%s', not echo).`;
    log.warn({ event: "secret.trimmed", variable, message });
  }
  return value;
}

function warnAboutBoth(variable: string, log: Log): void {
  const message = `${variable} and ${variable}_FILE are both set: ${variable} is used and the file is not read. Set only one of them.`;
  log.error({ event: "secret.both", variable, message });
}

/** Processes that had the variable before hide-secrets could take it out: the engine's own process 1 (--init). */
function warnIfShown(variable: string, log: Log): void {
  const holder = [1, process.ppid].find((pid) =>
    `\0${readTextIfThere(`/proc/${pid}/environ`)}`.includes(`\0${variable}=`),
  );
  if (holder === undefined) return;
  const message = `Programs on the desktop can read ${variable} in the environment of process ${holder}. Start the container without --init, by the image's own entrypoint or /dockerstartup/vnc_startup.sh.`;
  log.warn({ event: "secret.shown", variable, message });
}
