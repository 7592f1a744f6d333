import { existsSync } from "node:fs";
import type { Directories } from "../boot/directories.ts";
import type { Passwords } from "../gateway/auth.ts";
import type { LiveIdentity } from "../gateway/live-identity.ts";
import { attempt } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";
import { xAuthority } from "../session/display.ts";
import { isWanted } from "../side/switches.ts";
import { keepCertificate } from "./certificate.ts";
import type { KasmVncFiles } from "./command.ts";
import type { KasmVncPlace } from "./find.ts";
import { writeKasmPasswords } from "./passwords.ts";
import { makeWebRoot } from "./web-root.ts";

/** Everything that the files are made from. */
export interface Ingredients {
  readonly place: KasmVncPlace;
  /** The container's environment: the settings. */
  readonly environment: NodeJS.ProcessEnv;
  readonly directories: Directories;
  readonly passwords: Passwords<string>;
  readonly identity: LiveIdentity;
  readonly log: Log;
}

/**
 * Makes the files for the start of KasmVNC: passwords, certificate, web client. Resolves when all are there. Failures are
 * logged, and KasmVNC is started nevertheless.
 */
export async function prepareKasmVnc(ingredients: Ingredients): Promise<KasmVncFiles> {
  const { place, environment, directories, passwords, identity, log } = ingredients;
  const certificate = `${directories.runtime}/kasmvnc.pem`;
  const kept = keepCertificate(identity, certificate, log);
  const passwordFile = attempt(log, NO_PASSWORDS, () => writeKasmPasswords(passwords, directories, log));
  warnAboutYaml(directories.home, log);
  warnAboutSettings(environment, log);
  const www = webRoot(ingredients);
  await kept;
  return {
    xvnc: place.xvnc,
    www,
    certificate,
    // A missing file lets nobody in.
    passwords: passwordFile ?? `${directories.runtime}/kasmpasswd`,
    authority: xAuthority(directories),
  };
}

const NO_PASSWORDS = {
  event: "kasmpasswd.failed",
  advice: "Nobody can sign in to KasmVNC. Make the home or /tmp writable and free space.",
};
const NO_DOWNLOADS = {
  event: "kasmvnc.downloads",
  advice: "The client of KasmVNC shows no downloads. Make the home and /tmp writable and free space.",
};

/**
 * The folder that KasmVNC serves. Viewers may read every file in it, so it has the home's downloads only when there are no
 * viewers and downloads are switched on.
 */
function webRoot({ place, environment, directories, passwords, log }: Ingredients): string {
  if (!existsSync(place.www)) {
    const message = `${place.www} is missing: browsers get no page. Build the image again.`;
    log.error({ event: "kasmvnc.client", path: place.www, message });
  }
  if (passwords.viewer !== undefined || !isWanted("downloads", environment)) return place.www;
  const path = `${directories.runtime}/kasmvnc-www`;
  const make = () => {
    makeWebRoot(path, place.www, `${directories.home}/Downloads`);
    return path;
  };
  return attempt(log, NO_DOWNLOADS, make) ?? place.www;
}

/** Users of Kasm mount a kasmvnc.yaml, which Kasmix does not read. */
function warnAboutYaml(home: string, log: Log): void {
  const path = `${home}/.vnc/kasmvnc.yaml`;
  if (!existsSync(path)) return;
  const message = `${path} is not read: set \`display.kasmvnc\` in workspace.ts, or VNCOPTIONS.`;
  log.warn({ event: "kasmvnc.yaml", path, message });
}

/** Settings of Kasmix's own gateway, which KasmVNC does not have. */
const WITHOUT_EFFECT = ["KASMIX_BASE_PATH", "KASMIX_ALLOWED_ORIGINS", "KASMIX_FRAME_ANCESTORS"];

function warnAboutSettings(environment: NodeJS.ProcessEnv, log: Log): void {
  for (const variable of WITHOUT_EFFECT.filter((name) => environment[name])) {
    const message = `${variable} has no effect on the desktop's port, where KasmVNC serves its own page: let a proxy do it.`;
    log.warn({ event: "kasmvnc.setting", variable, message });
  }
}
