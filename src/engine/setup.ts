import { spawn } from "node:child_process";
import { access, open, readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { KasmixError } from "../model/error.ts";
import { lastLine, probeEngine } from "./detect.ts";
import { type Check, distribution } from "./doctor.ts";
import { type ProcessOptions, runProcess } from "./process.ts";

export interface SetupOptions {
  readonly signal?: AbortSignal;
  /** Told before each thing that is changed on the machine. */
  readonly onStep?: (text: string) => void;
}

/** What can be put right here, and how. */
interface Plan {
  /** Debian packages to install. */
  readonly packages: readonly string[];
  readonly buildUsers: boolean;
  readonly startEngine: boolean;
}

/** Log of a dockerd that Kasmix started because no init system runs. */
const DOCKERD_LOG = "/var/log/kasmix-dockerd.log";

/** Milliseconds that an engine may take to answer after it was started. */
const ENGINE_DEADLINE = 60_000;

/**
 * Puts right what the checks found: installs packages (Debian and Ubuntu, as root), makes Nix's build users, starts
 * the engine. What is there stays as it is. Throws E_MACHINE, saying what to do by hand, for everything else.
 */
export async function setUp(checks: readonly Check[], options: SetupOptions = {}): Promise<void> {
  const plan = makePlan(checks);
  const beyond = checks.find(({ name, state }) => state !== "ok" && name === "system");
  if (beyond !== undefined) throw machineError(checks);
  if (plan.packages.length === 0 && !plan.buildUsers && !plan.startEngine) return;
  const root = process.getuid?.() === 0;
  const { debianLike } = await distribution();
  if (!root || (plan.packages.length > 0 && !debianLike)) throw machineError(checks);
  if (plan.packages.length > 0) await installPackages(plan.packages, options);
  if (plan.buildUsers) await createBuildUsers(options);
  if (plan.startEngine) await startEngine(options);
}

/**
 * Installs those of these Debian packages that are not there. On a machine where that cannot be done by itself (not
 * Debian, or not root) nothing happens.
 */
export async function installMissing(packages: readonly string[], options: SetupOptions): Promise<void> {
  const { debianLike } = await distribution();
  if (process.getuid?.() !== 0 || !debianLike) return;
  const format = `\${db:Status-Status} \${Package}\\n`;
  const { stdout } = await runProcess("dpkg-query", ["--show", `--showformat=${format}`], {
    signal: options.signal,
  });
  const installed = new Set(stdout.split("\n"));
  const missing = packages.filter((name) => !installed.has(`installed ${name}`));
  if (missing.length > 0) await installPackages(missing, options);
}

/** What has to be done for these checks to be ok. */
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
  };
}

async function installPackages(packages: readonly string[], { signal, onStep }: SetupOptions): Promise<void> {
  const environment = { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" };
  const apt = async (args: readonly string[]): Promise<void> => {
    const outcome = await runProcess("apt-get", ["-o", "DPkg::Lock::Timeout=120", ...args], {
      signal,
      environment,
    });
    if (outcome.ok) return;
    const errors = outcome.stderr.split("\n").filter((line) => line.startsWith("E:"));
    throw new KasmixError(
      "E_MACHINE",
      `apt-get ${args[0]} failed: ${errors.join(" ") || lastLine(outcome.stderr)}`,
      {
        fix: `Put that right, or install by hand: apt-get install ${packages.join(" ")}`,
      },
    );
  };
  onStep?.("Reading the package lists (apt-get update)");
  await apt(["update"]);
  const wanted = [...packages, ...(await dockerClient(packages, signal))];
  onStep?.(`Installing ${wanted.join(", ")}`);
  await apt(["install", "--yes", "--no-install-recommends", ...wanted]);
}

/** Debian 13 has the `docker` command in a package of its own, which docker.io only recommends. */
async function dockerClient(packages: readonly string[], signal: AbortSignal | undefined): Promise<string[]> {
  if (!packages.includes("docker.io")) return [];
  const { stdout } = await runProcess("apt-cache", ["policy", "docker-cli"], { signal });
  return /Candidate: [0-9]/.test(stdout) ? ["docker-cli"] : [];
}

/** As Nix's own installer does: a group, and as many users in it as builds may run at once. */
async function createBuildUsers({ signal, onStep }: SetupOptions): Promise<void> {
  const count = Math.min(32, Math.max(4, availableParallelism()));
  onStep?.(`Creating the group nixbld with ${count} users that Nix builds as`);
  await must("groupadd", ["--system", "--force", "nixbld"], { signal });
  for (let number = 1; number <= count; number++) {
    const name = `nixbld${number}`;
    if ((await runProcess("id", [name], { signal })).ok) {
      await must("usermod", ["--append", "--groups", "nixbld", name], { signal });
      continue;
    }
    const account = [
      "--system",
      "--gid",
      "nixbld",
      "--groups",
      "nixbld",
      "--no-create-home",
      "--home-dir",
      "/var/empty",
    ];
    await must("useradd", [...account, "--shell", "/usr/sbin/nologin", name], { signal });
  }
}

async function startEngine({ signal, onStep }: SetupOptions): Promise<void> {
  const docker = await probeEngine("docker", { signal });
  if (docker.state === "ok") return;
  // Starting a Docker on this machine does not help where another one is asked, or where Podman is the engine.
  const remote = process.env.DOCKER_HOST;
  if (docker.state === "missing" || remote !== undefined) {
    const broken = docker.state === "missing" ? await probeEngine("podman", { signal }) : docker;
    const where = remote === undefined ? "" : ` at DOCKER_HOST=${remote}`;
    throw new KasmixError("E_ENGINE", `${broken.kind}${where} does not answer: ${broken.detail}`, {
      fix: "Have it run, then try again.",
    });
  }
  if (await exists("/run/systemd/system")) {
    onStep?.("Starting Docker (systemctl)");
    await must("systemctl", ["enable", "--now", "docker"], { signal });
    await waitForEngine(signal, () => false);
  } else {
    onStep?.(`Starting dockerd in the background; it logs to ${DOCKERD_LOG}`);
    await waitForEngine(signal, await spawnDockerd());
  }
}

/** In a session of its own: it outlives Kasmix, and a Ctrl-C here does not reach it. Gives whether it has ended. */
async function spawnDockerd(): Promise<() => boolean> {
  const log = await open(DOCKERD_LOG, "a");
  try {
    const child = spawn("dockerd", [], { detached: true, stdio: ["ignore", log.fd, log.fd] });
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
        fix: "Put right what the log names (with systemd: journalctl --unit docker), then try again.",
      });
    }
    await delay(100, undefined, { signal });
  }
}

async function must(file: string, args: readonly string[], options: ProcessOptions): Promise<void> {
  const outcome = await runProcess(file, args, options);
  if (outcome.ok) return;
  const reason = outcome.notFound ? "it is not installed" : lastLine(outcome.stderr);
  throw new KasmixError("E_MACHINE", `${file} ${args.join(" ")} failed: ${reason}`, {
    fix: "Run it by hand as root, then try again.",
  });
}

function machineError(checks: readonly Check[]): KasmixError {
  const wrong = checks.filter((check) => check.state !== "ok");
  const { packages } = makePlan(checks);
  const fix =
    packages.length === 0
      ? "Do what stands above as root, then run the command again."
      : `As root, on Debian or Ubuntu: apt-get install ${packages.join(" ")}. Elsewhere: install Nix (nixos.org) and Docker or Podman.`;
  return new KasmixError("E_MACHINE", "This machine lacks something that Kasmix cannot set up by itself.", {
    faults: wrong.map(({ name, detail, fix: todo }) => ({
      path: name,
      message: detail,
      ...(todo === undefined ? {} : { fix: todo }),
    })),
    fix,
  });
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
