import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { ProcessPromise } from "zx/core";
import { KasmixError } from "../model/error.ts";
import { proxyVariables } from "../net/proxies.ts";
import { detectEngine, lastLine, probeEngine } from "./detect.ts";
import { distribution } from "./distribution.ts";
import type { Check } from "./doctor.ts";
import { NOT_FOUND, openShell } from "./shell.ts";

export interface SetupOptions {
  readonly signal?: AbortSignal;
  /** Called before each change of the machine, with what will be done. */
  readonly onStep?: (text: string) => void;
}

/** The steps that make the failed checks pass. */
interface Plan {
  /** Debian packages to install. */
  readonly packages: readonly string[];
  readonly buildUsers: boolean;
  readonly startEngine: boolean;
  readonly builder: boolean;
}

/** Log of a dockerd that Kasmix started because no init system runs. */
const DOCKERD_LOG = "/var/log/kasmix-dockerd.log";

/** Milliseconds that an engine may take to answer after it was started. */
const ENGINE_DEADLINE = 60_000;

/**
 * Repairs what the checks found: installs packages (Debian and Ubuntu, as root), creates Nix's build users, starts the
 * engine, makes the builder's image.
 * @throws KasmixError E_MACHINE, with what to do by hand, for everything else
 */
export async function setUp(checks: readonly Check[], options: SetupOptions = {}): Promise<void> {
  const plan = makePlan(checks);
  const beyond = checks.find(({ name, state }) => state !== "ok" && name === "system");
  if (beyond !== undefined) throw machineError(checks);
  if (plan.packages.length > 0 || plan.buildUsers || plan.startEngine)
    await changeMachine(plan, checks, options);
  if (!plan.builder) return;
  const { ensureBuilder } = await import("../builder/image.ts");
  const onStart = () => options.onStep?.("Making the builder, a container with Nix");
  await ensureBuilder(await detectEngine(options), { ...options, onStart });
}

async function changeMachine(plan: Plan, checks: readonly Check[], options: SetupOptions): Promise<void> {
  const root = process.getuid?.() === 0;
  const { debianLike } = await distribution();
  if (!root || (plan.packages.length > 0 && !debianLike)) throw machineError(checks);
  if (plan.packages.length > 0) await installPackages(plan.packages, options);
  if (plan.buildUsers) await createBuildUsers(options);
  if (plan.startEngine) await startEngine(options);
}

/** Installs those of these packages that are missing; does nothing on other systems than Debian's, or without root. */
export async function installMissing(packages: readonly string[], options: SetupOptions): Promise<void> {
  const { debianLike } = await distribution();
  if (process.getuid?.() !== 0 || !debianLike) return;
  const shell = await openShell(options);
  const format = `\${db:Status-Status} \${Package}\\n`;
  const { stdout } = await shell`dpkg-query --show --showformat=${format}`;
  const installed = new Set(stdout.split("\n"));
  const missing = packages.filter((name) => !installed.has(`installed ${name}`));
  if (missing.length > 0) await installPackages(missing, options);
}

export function makePlan(checks: readonly Check[]): Plan {
  const stateOf = (name: Check["name"]): Check["state"] =>
    checks.find((check) => check.name === name)?.state ?? "ok";
  const nix = stateOf("nix") === "missing" ? ["nix-bin"] : [];
  const engine = stateOf("engine") === "missing" ? ["docker.io", "iptables"] : [];
  const packages = [...nix, ...engine];
  return {
    packages: packages.length === 0 ? [] : [...packages, "ca-certificates"],
    buildUsers: stateOf("build-users") === "missing",
    startEngine: stateOf("engine") !== "ok",
    builder: stateOf("builder") !== "ok",
  };
}

async function installPackages(packages: readonly string[], { signal, onStep }: SetupOptions): Promise<void> {
  const shell = await openShell({
    signal,
    environment: { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" },
  });
  const wait = ["-o", "DPkg::Lock::Timeout=120"];
  const byHand = `Solve that, or install by hand: apt-get install ${packages.join(" ")}`;
  onStep?.("Reading the package lists (apt-get update)");
  await must(shell`apt-get ${wait} update`, signal, byHand);
  // Debian 13 has the `docker` command in a package of its own, which docker.io only recommends.
  const policy = packages.includes("docker.io") ? (await shell`apt-cache policy docker-cli`).stdout : "";
  const wanted = [...packages, ...(/Candidate: [0-9]/.test(policy) ? ["docker-cli"] : [])];
  onStep?.(`Installing ${wanted.join(", ")}`);
  await must(shell`apt-get ${wait} install --yes --no-install-recommends ${wanted}`, signal, byHand);
}

/** As Nix's own installer does: a group, and as many users in it as builds may run at once. */
async function createBuildUsers({ signal, onStep }: SetupOptions): Promise<void> {
  const shell = await openShell({ signal });
  const count = Math.min(32, Math.max(4, availableParallelism()));
  onStep?.(`Creating the group nixbld with ${count} users for Nix's builds`);
  await must(shell`groupadd --system --force nixbld`, signal);
  for (let number = 1; number <= count; number++) {
    const name = `nixbld${number}`;
    const command = (await shell`id ${name}`).ok
      ? shell`usermod --append --groups nixbld ${name}`
      : shell`useradd --system --gid nixbld --groups nixbld --no-create-home --home-dir /var/empty --shell /usr/sbin/nologin ${name}`;
    await must(command, signal);
  }
}

async function startEngine({ signal, onStep }: SetupOptions): Promise<void> {
  const docker = await probeEngine("docker", { signal });
  if (docker.state === "ok") return;
  // A Docker started here does not help where DOCKER_HOST names another machine's, or where Podman is the engine.
  const remote = process.env.DOCKER_HOST;
  if (docker.state === "missing" || remote !== undefined) {
    const broken = docker.state === "missing" ? await probeEngine("podman", { signal }) : docker;
    const where = remote === undefined ? "" : ` at DOCKER_HOST=${remote}`;
    throw new KasmixError("E_ENGINE", `${broken.kind}${where} does not answer: ${broken.detail}`, {
      fix: "Start it, then try again.",
    });
  }
  if (existsSync("/run/systemd/system")) {
    onStep?.("Starting Docker (systemctl)");
    const shell = await openShell({ signal });
    await must(shell`systemctl enable --now docker`, signal);
    await waitForEngine(signal, () => false);
  } else {
    onStep?.(`Starting dockerd in the background; it logs to ${DOCKERD_LOG}`);
    await waitForEngine(signal, await spawnDockerd());
  }
}

/** Starts it in a session of its own: it outlives Kasmix, and Ctrl-C does not reach it. Returns whether it has ended. */
async function spawnDockerd(): Promise<() => boolean> {
  const log = await open(DOCKERD_LOG, "a");
  try {
    // It pulls images by itself, through the proxies that it is started with.
    const env = { ...process.env, ...proxyVariables(process.env) };
    const child = spawn("dockerd", [], { detached: true, stdio: ["ignore", log.fd, log.fd], env });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", () =>
        reject(
          new KasmixError("E_MACHINE", "dockerd is not installed.", { fix: "apt-get install docker.io" }),
        ),
      );
    });
    child.unref();
    return () => child.exitCode !== null || child.signalCode !== null;
  } finally {
    await log.close();
  }
}

async function waitForEngine(signal: AbortSignal | undefined, hasEnded: () => boolean): Promise<void> {
  const deadline = performance.now() + ENGINE_DEADLINE;
  for (;;) {
    const state = await probeEngine("docker", { signal });
    if (state.state === "ok") return;
    if (hasEnded() || performance.now() > deadline) {
      const log = await readFile(DOCKERD_LOG, "utf8").catch(() => "");
      const faults =
        log === "" ? [] : [{ path: DOCKERD_LOG, message: log.trim().split("\n").slice(-5).join("\n") }];
      throw new KasmixError("E_ENGINE", `Docker was started but does not answer: ${state.detail}`, {
        faults,
        fix: "Solve what the log reports (with systemd: journalctl --unit docker), then try again.",
      });
    }
    await delay(100, undefined, { signal });
  }
}

/** Waits for a command. Throws E_MACHINE where it failed. */
async function must(
  command: ProcessPromise,
  signal: AbortSignal | undefined,
  fix = "Run it by hand as root, then try again.",
): Promise<void> {
  const { ok, exitCode, stderr } = await command;
  signal?.throwIfAborted();
  if (ok) return;
  // apt prints warnings behind its errors.
  const errors = stderr.split("\n").filter((line) => line.startsWith("E:"));
  const reason = exitCode === NOT_FOUND ? "it is not installed" : errors.join(" ") || lastLine(stderr);
  throw new KasmixError("E_MACHINE", `${command.cmd} failed: ${reason}`, { fix });
}

function machineError(checks: readonly Check[]): KasmixError {
  const wrong = checks.filter((check) => check.state !== "ok");
  const { packages } = makePlan(checks);
  const fix =
    packages.length === 0
      ? "Do the above as root, then run the command again."
      : `As root, on Debian or Ubuntu: apt-get install ${packages.join(" ")}. Elsewhere: install Docker or Podman, in which images are built where Nix is missing.`;
  return new KasmixError("E_MACHINE", "Kasmix cannot set up this machine by itself.", {
    faults: wrong.map(({ name, detail, fix: todo }) => ({
      path: name,
      message: detail,
      ...(todo === undefined ? {} : { fix: todo }),
    })),
    fix,
  });
}
