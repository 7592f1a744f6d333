import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { runProcess } from "../engine/process.ts";
import { isRecord } from "../model/paths.ts";

/** A login. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/**
 * The credentials for a repository, from the files of `skopeo login`, `podman login` and `docker login`, or from the helper
 * that such a file names; `undefined` without a login.
 * @param registry host, with its port where it has one
 */
export async function findCredentials(
  registry: string,
  repository: string,
  environment: Environment = process.env,
): Promise<Credentials | undefined> {
  for (const file of authFiles(environment)) {
    const settings = await readSettings(file);
    const found =
      settings && ((await askHelper(settings, registry)) ?? inFile(settings, registry, repository));
    if (found !== undefined) return found;
  }
  return undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;
type Settings = Readonly<Record<string, unknown>>;

/** The same files in the same order as in skopeo. */
function authFiles(environment: Environment): string[] {
  const {
    REGISTRY_AUTH_FILE,
    XDG_RUNTIME_DIR,
    XDG_CONFIG_HOME,
    DOCKER_CONFIG,
    HOME = homedir(),
  } = environment;
  if (REGISTRY_AUTH_FILE) return [REGISTRY_AUTH_FILE];
  return [
    join(XDG_RUNTIME_DIR || `/run/containers/${process.getuid?.() ?? 0}`, "containers/auth.json"),
    // skopeo's place for root without a session.
    `/run/containers/${process.getuid?.() ?? 0}/auth.json`,
    join(XDG_CONFIG_HOME || join(HOME, ".config"), "containers/auth.json"),
    join(DOCKER_CONFIG || join(HOME, ".docker"), "config.json"),
  ];
}

/** A missing or damaged file has no credentials; skopeo, which runs first, reports the damage. */
async function readSettings(file: string): Promise<Settings | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, "utf8"));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

async function askHelper(
  { credHelpers, credsStore }: Settings,
  registry: string,
): Promise<Credentials | undefined> {
  const helper = (isRecord(credHelpers) && credHelpers[registry]) || credsStore;
  if (typeof helper !== "string" || !/^[\w.-]+$/.test(helper)) return undefined;
  const { ok, stdout } = await runProcess(`docker-credential-${helper}`, ["get"], { input: registry });
  if (!ok) return undefined;
  const { Username: username, Secret: password } = JSON.parse(stdout);
  return { username, password };
}

function inFile({ auths }: Settings, registry: string, repository: string): Credentials | undefined {
  if (!isRecord(auths)) return undefined;
  const parts = [registry, ...repository.split("/")];
  // The most exact entry wins: a file may have one for a part of a registry.
  const keys = parts.map((_, index) => parts.slice(0, parts.length - index).join("/"));
  for (const key of [...keys, `https://${registry}`, `https://${registry}/v1/`, `https://${registry}/v2/`]) {
    const entry = auths[key];
    if (!isRecord(entry) || typeof entry.auth !== "string") continue;
    const text = Buffer.from(entry.auth, "base64").toString("utf8");
    const colon = text.indexOf(":");
    if (colon > 0) return { username: text.slice(0, colon), password: text.slice(colon + 1) };
  }
  return undefined;
}
