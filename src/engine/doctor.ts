import { randomUUID } from "node:crypto";
import { access, constants, readFile, statfs } from "node:fs/promises";
import { arch } from "node:os";
import { type Engine, type EngineState, lastLine, probeEngine, wantedKinds } from "./detect.ts";
import { NIX_ENVIRONMENT, NIX_OPTIONS } from "./nix.ts";
import { probePort } from "./port.ts";
import { runProcess } from "./process.ts";

/** One thing that this machine needs, and how it stands. */
export interface Check {
  readonly name: "system" | "node" | "nix" | "build-users" | "sandbox" | "engine" | "disk" | "port";
  readonly state: "ok" | "missing" | "broken";
  /** What was found, in a few words. */
  readonly detail: string;
  /** What to do, when it is not ok. */
  readonly fix?: string;
}

export interface DoctorOptions {
  readonly signal?: AbortSignal | undefined;
  /** The engine that has to answer. @default any that a command would take */
  readonly engine?: Engine["kind"];
  /** Port that the workspace is to have. @default 6901 */
  readonly port?: number;
}

/** Bytes that a build and its image need. */
const DISK_NEEDED = 6 * 1024 ** 3;

/** Where a Nix daemon listens. */
const DAEMON_SOCKET = "/nix/var/nix/daemon-socket/socket";

/** Everything that Kasmix needs of this machine, checked; nothing is changed. */
export async function diagnose(options: DoctorOptions = {}): Promise<Check[]> {
  const checks = await Promise.all([
    checkSystem(),
    checkNode(),
    checkNix(options),
    checkBuildUsers(),
    checkEngine(options),
    checkDisk(),
    checkPort(options.port ?? 6901),
  ]);
  const canBuild = checks.every(
    ({ name, state }) => !["nix", "build-users"].includes(name) || state === "ok",
  );
  return canBuild ? [...checks, await checkSandbox(options)] : checks;
}

/** The checks without which nothing can be built or run; quick enough for every `up`. */
export async function diagnoseQuickly(options: DoctorOptions = {}): Promise<Check[]> {
  return Promise.all([checkSystem(), checkNix(options), checkBuildUsers(), checkEngine(options)]);
}

/** The name, version and kind of the Linux distribution. */
export async function distribution(): Promise<{ readonly name: string; readonly debianLike: boolean }> {
  const text = await readFile("/etc/os-release", "utf8").catch(() => "");
  const field = (key: string): string =>
    new RegExp(`^${key}=(.*)$`, "m").exec(text)?.[1]?.replace(/^"(.*)"$/, "$1") ?? "";
  const ids = [field("ID"), ...field("ID_LIKE").split(" ")];
  return { name: field("PRETTY_NAME") || process.platform, debianLike: ids.includes("debian") };
}

async function checkSystem(): Promise<Check> {
  const { name } = await distribution();
  const detail = `${name}, ${arch()}`;
  if (process.platform === "linux" && arch() === "x64") return { name: "system", state: "ok", detail };
  return { name: "system", state: "broken", detail, fix: "Kasmix builds and runs on Linux on x86-64." };
}

async function checkNode(): Promise<Check> {
  return { name: "node", state: "ok", detail: process.version };
}

async function checkNix({ signal }: DoctorOptions): Promise<Check> {
  const outcome = await runProcess("nix", ["--version"], { signal });
  if (outcome.notFound) {
    return { name: "nix", state: "missing", detail: "nix is not installed", fix: "Install nix-bin." };
  }
  const detail = outcome.stdout.trim() || lastLine(outcome.stderr);
  return outcome.ok
    ? { name: "nix", state: "ok", detail }
    : { name: "nix", state: "broken", detail, fix: "Reinstall Nix." };
}

/** Who builds: the daemon's users, or those of the group nixbld when root builds without a daemon. */
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

/** Builds something that needs no shell, in the sandbox or not at all, and throws it away. */
async function checkSandbox({ signal }: DoctorOptions): Promise<Check> {
  const expression = `derivation {
    name = "kasmix-probe-${randomUUID()}";
    system = "builtin"; builder = "builtin:buildenv"; derivations = ""; manifest = "/none";
  }`;
  const args = ["--no-out-link", ...NIX_OPTIONS, "--expr", expression];
  const outcome = await runProcess("nix-build", args, { signal, environment: NIX_ENVIRONMENT });
  const path = outcome.stdout.trim();
  if (outcome.ok) await runProcess("nix-store", ["--delete", path], { environment: NIX_ENVIRONMENT });
  if (outcome.ok) return { name: "sandbox", state: "ok", detail: "a sandboxed build works" };
  const fix = "Nix needs to make namespaces and mounts: a container needs --privileged for that.";
  return { name: "sandbox", state: "broken", detail: lastLine(outcome.stderr), fix };
}

async function checkEngine({ engine, signal }: DoctorOptions): Promise<Check> {
  const states: EngineState[] = [];
  for (const kind of wantedKinds(engine)) states.push(await probeEngine(kind, { signal }));
  const working = states.find((state) => state.state === "ok");
  if (working !== undefined)
    return { name: "engine", state: "ok", detail: `${working.kind} ${working.version}` };
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
    return { name: "port", state: "ok", detail: `${port} is in use (fine when by the workspace itself)` };
  }
  return { name: "port", state: "broken", detail: `${port}: ${problem}`, fix: "Choose another with --port." };
}

function isAccessible(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
