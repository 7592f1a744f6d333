import { createHash } from "node:crypto";
import { type Engine, engineReason } from "../engine/detect.ts";
import { KasmixError } from "../model/error.ts";
import { proxyVariables } from "../net/proxies.ts";

/** The builder on a machine without Nix. */
export interface Builder {
  readonly engine: Engine;
  /** Its image. */
  readonly image: string;
}

/** Nix's store, and the last builds of every checkout. */
export const STORE_VOLUME = "kasmix-nix";

/** The checkout in the container. */
export const CHECKOUT = "/kasmix";

/** The user's vendor files in the container. */
export const VENDOR_FOLDER = "/kasmix/.vendor-files";

/**
 * Nix's sandbox makes namespaces of users and mounts in them, which engines forbid by a list of system calls, by
 * AppArmor and SELinux, and by what they mount over /proc. Instead the container has no root, no capability and nothing
 * of this machine: neither folder nor socket.
 */
const CONFINEMENT: Readonly<Record<Engine["kind"], readonly string[]>> = {
  docker: confine("seccomp=unconfined", "apparmor=unconfined", "systempaths=unconfined", "label=disable"),
  podman: confine("seccomp=unconfined", "apparmor=unconfined", "unmask=ALL", "label=disable"),
};

/** What of this environment a build depends on. Named only, so that no value is on a command line. */
const PASSED_ON = ["KASMIX_DEBIAN_MIRROR", "npm_config_registry", "PIP_INDEX_URL", "CI", "NO_COLOR", "TERM"];

/** Arguments of `create` for the builder. */
export function renderCreate(
  { engine: { kind, createOptions }, image }: Builder,
  command: readonly string[],
  { variables = {}, offline = false }: ContainerOptions = {},
): string[] {
  // The engine's client is run with proxies in every spelling.
  const proxies = Object.keys(proxyVariables(process.env));
  const named = [...PASSED_ON.filter((name) => process.env[name] !== undefined), ...proxies];
  const set = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return [
    // Made here: whoever has this name in a registry is somebody else.
    ...["create", "--pull", "never", "--stop-timeout", "0", ...CONFINEMENT[kind], ...createOptions],
    ...["--label", "io.kasmix.builder", "--volume", `${STORE_VOLUME}:/nix`],
    ...(offline ? ["--network", "none"] : []),
    ...[...named, ...set].flatMap((each) => ["--env", each]),
    ...[image, ...command],
  ];
}

export interface ContainerOptions {
  readonly signal?: AbortSignal | undefined;
  /** Variables that are no secrets. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Without a network. @default false */
  readonly offline?: boolean;
}

/** Creates a container of the builder, and removes it after `use`, with everything that still runs in it. */
export async function withContainer<T>(
  builder: Builder,
  command: readonly string[],
  options: ContainerOptions,
  use: (id: string) => Promise<T>,
): Promise<T> {
  const { engine } = builder;
  // Not to be interrupted: then nobody would know the container to remove.
  const created = await engine.attempt(renderCreate(builder, command, options), { signal: undefined });
  const id = created.stdout.trim();
  try {
    if (!created.ok) throw createError(created.stderr);
    options.signal?.throwIfAborted();
    return await use(id);
  } finally {
    if (id !== "") await engine.attempt(["rm", "--force", "--volumes", id], { signal: undefined });
  }
}

/**
 * A container whose store can be copied from. It runs, since Podman follows absolute links only then, and the store has
 * such links to layers.
 */
export async function withStore<T>(
  builder: Builder,
  signal: AbortSignal | undefined,
  use: (id: string) => Promise<T>,
): Promise<T> {
  return withContainer(builder, ["sleep", "infinity"], { signal, offline: true }, async (id) => {
    await builder.engine.run(["start", id]);
    return use(id);
  });
}

/** Copies a file out of a container; both engines follow a link then. */
export function copyOut(kind: Engine["kind"]): string[] {
  return kind === "docker" ? ["cp", "--follow-link"] : ["cp"];
}

/** Where the volume keeps the last builds of a checkout. */
export function stateFolder(root: string): string {
  return `/nix/var/kasmix/${createHash("sha256").update(root).digest("hex").slice(0, 16)}`;
}

function confine(...options: readonly string[]): readonly string[] {
  const security = ["no-new-privileges", ...options].flatMap((option) => ["--security-opt", option]);
  return ["--cap-drop", "ALL", ...security];
}

function createError(stderr: string): KasmixError {
  return new KasmixError("E_ENGINE", `The builder's container cannot be created: ${engineReason(stderr)}`);
}
