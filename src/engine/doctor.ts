import { randomUUID } from "node:crypto";
import { access, constants, readFile, statfs } from "node:fs/promises";
import { arch } from "node:os";
import { DAEMON_SOCKET, needsBuilder } from "../builder/needed.ts";
import { detectEngine, type Engine, type EngineState, lastLine, probeEngine, wantedKinds } from "./detect.ts";
import { distribution } from "./distribution.ts";
import { NIX_ENVIRONMENT, NIX_OPTIONS } from "./nix.ts";
import { probePort } from "./port.ts";
import { NOT_FOUND, openShell } from "./shell.ts";

/** One thing that this machine needs, and its state. */
export interface Check {
  readonly name:
    | "system"
    | "node"
    | "nix"
    | "build-users"
    | "sandbox"
    | "builder"
    | "engine"
    | "disk"
    | "port";
  readonly state: "ok" | "missing" | "broken";
  /** What was found, in a few words. */
  readonly detail: string;
  /** What to do, when it is not ok. */
  readonly fix?: string;
}

export interface DoctorOptions {
  readonly signal?: AbortSignal | undefined;
  /** The engine that has to answer. @default any that a command would use */
  readonly engine?: Engine["kind"];
  /** Port of the workspace. @default 6901 */
  readonly port?: number;
  /** Whether Nix itself is needed here, although images could be built in a container. @default false */
  readonly nix?: boolean;
}

/** Bytes that a build and its image need. */
const DISK_NEEDED = 6 * 1024 ** 3;

/** Checks everything that Kasmix needs of this machine; changes nothing. */
export async function diagnose(options: DoctorOptions = {}): Promise<Check[]> {
  const inside = !options.nix && (await needsBuilder());
  const checks = await Promise.all([
    checkSystem(inside),
    checkNode(),
    ...(inside ? [checkBuilder(options)] : [checkNix(options), checkBuildUsers()]),
    checkEngine(options),
    checkDisk(),
    checkPort(options.port ?? 6901),
  ]);
  const canBuild = checks.every(
    ({ name, state }) => state === "ok" || !["nix", "build-users"].includes(name),
  );
  if (!canBuild) return checks;
  const sandbox = inside ? await checkSandboxInside(options) : await checkSandbox(options);
  return sandbox === undefined ? checks : [...checks, sandbox];
}

/** The checks that a build or a start depends on; quick enough for every `up`. The build itself makes the builder. */
export async function diagnoseQuickly(options: DoctorOptions = {}): Promise<Check[]> {
  const inside = !options.nix && (await needsBuilder());
  return Promise.all([
    checkSystem(inside),
    ...(inside ? [] : [checkNix(options), checkBuildUsers()]),
    checkEngine(options),
  ]);
}

/** @param inside whether images are built in a container, whose system is Debian everywhere */
async function checkSystem(inside: boolean): Promise<Check> {
  const { name } = await distribution();
  const detail = `${name}, ${arch()}`;
  const platforms = inside ? ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"] : ["linux-x64"];
  if (platforms.includes(`${process.platform}-${arch()}`)) return { name: "system", state: "ok", detail };
  const fix = inside
    ? "Kasmix needs Linux or macOS on x86-64 or arm64; on Windows, WSL."
    : "Kasmix builds and runs on Linux on x86-64; elsewhere in a container, as a user without root.";
  return { name: "system", state: "broken", detail, fix };
}

async function checkNode(): Promise<Check> {
  return { name: "node", state: "ok", detail: process.version };
}

async function checkNix({ signal }: DoctorOptions): Promise<Check> {
  const shell = await openShell({ signal });
  const { ok, exitCode, stdout, stderr } = await shell`nix --version`;
  if (exitCode === NOT_FOUND) {
    return { name: "nix", state: "missing", detail: "nix is not installed", fix: "Install nix-bin." };
  }
  const detail = stdout.trim() || lastLine(stderr);
  return ok
    ? { name: "nix", state: "ok", detail }
    : { name: "nix", state: "broken", detail, fix: "Reinstall Nix." };
}

/** Without Nix, images are built in a container: the engine has to have its image, or make it. */
async function checkBuilder(options: DoctorOptions): Promise<Check> {
  const without = "Nix is not here, so images are built in a container";
  const engine = await detectEngine(options).catch(() => undefined);
  if (engine === undefined) {
    const fix = "Install and start Docker or Podman first.";
    return { name: "builder", state: "missing", detail: `${without}, which needs an engine`, fix };
  }
  const { builderName, hasBuilder, renderBuildCommand } = await import("../builder/image.ts");
  const image = await builderName();
  if (await hasBuilder(engine)) return { name: "builder", state: "ok", detail: `${without}: ${image}` };
  const fix = `The first build makes it, by ${renderBuildCommand(engine.kind, image)}`;
  return { name: "builder", state: "missing", detail: `${without}, whose image is not made yet`, fix };
}

/** Nix builds as users of the daemon, or of the group nixbld where root builds without a daemon. */
async function checkBuildUsers(): Promise<Check> {
  const name = "build-users";
  if (await isAccessible(DAEMON_SOCKET, constants.W_OK)) return { name, state: "ok", detail: "Nix daemon" };
  if (process.getuid?.() !== 0) {
    if (await isAccessible("/nix/store", constants.W_OK)) return { name, state: "ok", detail: "own store" };
    const fix = "As root: apt-get install nix-setup-systemd, then log in again.";
    return { name, state: "missing", detail: "no Nix daemon, and /nix/store is not writable", fix };
  }
  const groups = await readFile("/etc/group", "utf8").catch(() => "");
  const members = /^nixbld:[^:]*:[^:]*:(.+)$/m.exec(groups)?.[1]?.split(",") ?? [];
  if (members.length > 0) return { name, state: "ok", detail: `group nixbld with ${members.length} users` };
  const fix = "Create the group nixbld with a few users in it.";
  return { name, state: "missing", detail: "group nixbld is missing or empty", fix };
}

/** Builds something small in the sandbox, and deletes it. */
async function checkSandbox({ signal }: DoctorOptions): Promise<Check> {
  const expression = probeExpression();
  const shell = await openShell({ signal, environment: NIX_ENVIRONMENT });
  const built = await shell`nix-build --no-out-link ${NIX_OPTIONS} --expr ${expression}`;
  if (!built.ok) {
    const fix = "Nix has to create namespaces and mounts: in a container, that needs --privileged.";
    return { name: "sandbox", state: "broken", detail: lastLine(built.stderr), fix };
  }
  await shell`nix-store --delete ${built.stdout.trim()}`;
  return { name: "sandbox", state: "ok", detail: "a sandboxed build works" };
}

/** The same in the builder. Undefined where it is not made yet. */
async function checkSandboxInside({ signal, ...options }: DoctorOptions): Promise<Check | undefined> {
  const [{ builderName, hasBuilder }, { probeBuilder }] = await Promise.all([
    import("../builder/image.ts"),
    import("../builder/probe.ts"),
  ]);
  const engine = await detectEngine({ ...options, signal }).catch(() => undefined);
  if (engine === undefined || !(await hasBuilder(engine))) return undefined;
  const builder = { engine, image: await builderName() };
  const command = ["nix-build", "--no-out-link", ...NIX_OPTIONS, "--expr", probeExpression()];
  const failure = await probeBuilder(builder, command, signal);
  if (failure === undefined)
    return { name: "sandbox", state: "ok", detail: "a sandboxed build works in the container" };
  const fix =
    "The kernel has to allow namespaces of users to everybody: docs/internals/builder.md#the-sandbox";
  return { name: "sandbox", state: "broken", detail: failure, fix };
}

function probeExpression(): string {
  return `derivation {
    name = "kasmix-probe-${randomUUID()}";
    system = "builtin"; builder = "builtin:buildenv"; derivations = ""; manifest = "/none";
  }`;
}

async function checkEngine({ engine, signal }: DoctorOptions): Promise<Check> {
  const states: EngineState[] = [];
  for (const kind of wantedKinds(engine)) {
    const state = await probeEngine(kind, { signal });
    if (state.state === "ok") return { name: "engine", state: "ok", detail: `${kind} ${state.version}` };
    states.push(state);
  }
  const broken = states.find((state) => state.state === "broken");
  if (broken === undefined) {
    const detail = states.map((state) => state.detail).join(", ");
    return { name: "engine", state: "missing", detail, fix: "Install docker.io or podman." };
  }
  const denied = /permission denied/i.test(broken.detail);
  const fix = denied ? `Join the group docker: usermod -aG docker USER` : `Start ${broken.kind}.`;
  return { name: "engine", state: "broken", detail: `${broken.kind} does not answer: ${broken.detail}`, fix };
}

async function checkDisk(): Promise<Check> {
  const { bavail, bsize } = await statfs("/nix").catch(() => statfs("/"));
  const detail = `${((bavail * bsize) / 1024 ** 3).toFixed(1)} GiB free`;
  if (bavail * bsize >= DISK_NEEDED) return { name: "disk", state: "ok", detail };
  return {
    name: "disk",
    state: "broken",
    detail,
    fix: `A build needs ${DISK_NEEDED / 1024 ** 3} GiB on /nix.`,
  };
}

async function checkPort(port: number): Promise<Check> {
  const problem = await probePort("127.0.0.1", port);
  if (problem === undefined) return { name: "port", state: "ok", detail: `${port} is free` };
  if (problem === "EADDRINUSE") {
    return { name: "port", state: "ok", detail: `${port} is in use (fine if the workspace itself uses it)` };
  }
  return { name: "port", state: "broken", detail: `${port}: ${problem}`, fix: "Choose another with --port." };
}

function isAccessible(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
