import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { detectEngine, probeEngine } from "../../src/engine/detect.ts";
import { generatePassword } from "../../src/engine/password.ts";
import { renderLimits } from "../../src/engine/podman.ts";
import { runProcess } from "../../src/engine/process.ts";
import { kasmix } from "../cli/kasmix.ts";
import { painted, visit } from "../helpers/browser.ts";
import { startContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { freePort } from "../helpers/free-port.ts";
import { ask } from "../helpers/gateway.ts";
import { type Probe, podOf, probesOf } from "../helpers/kube-pod.ts";
import { OWN_PREFIX } from "../helpers/leftovers.ts";
import { sharedBrowser } from "../helpers/shared.ts";

const podman = await probeEngine("podman");
/** The program that keeps a pod open, where Podman looks for it on Debian and on Fedora. */
const pause = ["/usr/bin", "/usr/libexec/podman"].some((path) => existsSync(`${path}/catatonit`));
const missing =
  podman.state !== "ok"
    ? podman.detail || "no Podman"
    : !pause
      ? "no catatonit, which pods of Podman need"
      : "";
const canRun = missing === "";

describe.runIf(canRun)(canRun ? "under Podman" : `under Podman (not run: ${missing})`, () => {
  const name = `kasmix-${OWN_PREFIX}${process.pid}-0`;
  const container = `${name}-workspace`;
  const password = generatePassword();
  const folder = mkdtempSync(join(tmpdir(), "kasmix-kube-"));
  let port: number;
  let probes: readonly Probe[];
  let play: (file: string) => Promise<string>;
  let pod: object;
  let image: { readonly tag: string; readonly digest: string };

  const run = async (...args: string[]): Promise<string> => (await detectEngine()).run(args);
  const exec = (...command: string[]): Promise<string> => run("exec", container, ...command);
  const ready = () =>
    eventually(async () => expect((await ask(port, "/readyz")).status).toBe(200), { timeout: PATIENCE });

  beforeAll(async () => {
    vi.stubEnv("KASMIX_ENGINE", "podman");
    vi.stubEnv("CONTAINERS_CONF", containersConf(folder));
    const loaded = await kasmix(["load", "desktop", "--json"]);
    expect(loaded.exitCode, loaded.stderr).toBe(0);
    const { image: tag, digest } = JSON.parse(loaded.stdout);
    image = { tag, digest };
    // Without the name of a registry Podman would ask registries for it.
    const flags = ["--kubernetes", "--image", `localhost/${tag}`];
    const { stdout, exitCode, stderr } = await kasmix(["manifest", "desktop", ...flags]);
    expect(exitCode, stderr).toBe(0);
    port = await freePort();
    const parts = podOf(stdout, { name, port });
    ({ pod } = parts);
    probes = probesOf(stdout);
    const file = join(folder, "secret");
    writeFileSync(file, secretFor(podman.version, parts.secret, password), { mode: 0o600 });
    await run("secret", "create", parts.secret, file);
    play = async (text) => {
      const path = join(folder, "pod.yaml");
      writeFileSync(path, text);
      return run("kube", "play", path);
    };
    await play([...parts.claims, pod].map((part) => stringify(part, { compat: "yaml-1.1" })).join("---\n"));
    await ready();
  });

  afterAll(async () => {
    await runProcess("podman", ["pod", "rm", "--force", name]);
    const volumes = ["home", "dshm", "tmp"].map((volume) => `${name}-${volume}`);
    await runProcess("podman", ["volume", "rm", "--force", ...volumes]);
    await runProcess("podman", ["secret", "rm", name]);
    rmSync(folder, { recursive: true });
    vi.unstubAllEnvs();
  });

  async function isPainted(url: string, word: string, picture: string): Promise<void> {
    const { page } = await visit(await sharedBrowser(), url, word);
    await painted(page, picture);
    await page.context().close();
  }

  test("the image runs as a container, and its desktop is painted", async () => {
    const single = await startContainer({ image, engine: await detectEngine() });
    try {
      await isPainted(single.url, single.settings.password, "podman");
      expect(await single.shell("echo $HOME")).toBe("/home/kasm-user");
    } finally {
      await single.remove();
    }
  });

  test("a pod shows its desktop to the Secret's password, which is in no manifest", async () => {
    expect(JSON.stringify(pod)).not.toContain(password);
    await isPainted(`https://localhost:${port}/`, password, "kube");
  });

  test("a pod has no capability, no way to more rights, a filter for system calls and a read-only root", async () => {
    const status = await exec("cat", "/proc/1/status");
    expect(status).toMatch(/CapEff:\t0+\nCapBnd:\t0+\n/);
    expect(status).toContain("NoNewPrivs:\t1");
    expect(status).toContain("Seccomp:\t2");
    expect((await runProcess("podman", ["exec", container, "touch", "/usr/new"])).ok).toBe(false);
  });

  test("a pod's probes are green, however often they are asked, and lock no client out", async () => {
    expect(probes.map(({ kind, path }) => [kind, path])).toEqual([
      ["startupProbe", "/healthz"],
      ["readinessProbe", "/readyz"],
      ["livenessProbe", "/healthz"],
    ]);
    for (const { path } of probes) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(port, path)));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    }
    expect((await ask(port, "/statez", { password })).status).toBe(200);
  });

  test("the home of a pod is there in the next pod", async () => {
    await exec("sh", "-c", "echo kept > ~/note.txt");
    await run("pod", "rm", "--force", name);
    await play(stringify(pod, { compat: "yaml-1.1" }));
    await ready();
    expect(await exec("cat", "/home/kasm-user/note.txt")).toBe("kept");
    expect((await ask(port, "/statez", { password })).status).toBe(200);
  });
});

/** Pods take no --ulimit: this machine's limits go into Podman's settings. */
function containersConf(folder: string): string {
  const [status, limits] = ["status", "limits"].map((file) => readFileSync(`/proc/self/${file}`, "utf8"));
  const values = renderLimits(status ?? "", limits ?? "").filter((word) => word !== "--ulimit");
  const path = join(folder, "containers.conf");
  writeFileSync(path, `[containers]\ndefault_ulimits = ${JSON.stringify(values)}\n`);
  return path;
}

/** Podman before 4.4 keeps only a Secret's data, later ones the whole object. */
function secretFor(version: string, name: string, password: string): string {
  const data = { VNC_PW: Buffer.from(password).toString("base64") };
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < 4 || (major === 4 && minor < 4)) return JSON.stringify(data);
  return JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name }, data });
}
