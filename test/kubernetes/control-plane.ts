import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProcess } from "../../src/engine/process.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { freePort } from "../helpers/free-port.ts";
import { DEFINITIONS, definitionPath, type PROGRAMS, programPath } from "./programs.ts";

/** A control plane of Kubernetes on this machine, without nodes: nothing is scheduled, and no pod runs. */
export interface ControlPlane {
  /** Its administrator's file. */
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

/**
 * Starts etcd, the API server with its default admission, and the controllers that make a StatefulSet's pods and claims
 * and each namespace's service account. All listen on the loopback only and ask for a certificate.
 */
export async function startControlPlane(): Promise<ControlPlane> {
  const folder = await mkdtemp(join(tmpdir(), "kasmix-kubernetes-"));
  const children: Child[] = [];
  const stop = async () => {
    for (const child of children.reverse()) await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const files = await makeFiles(folder, await freePort());
    children.push(...(await startApi(folder, files)));
    await eventually(() => isReady(files.kubeconfig, children), { timeout: PATIENCE });
    children.push(startControllers(folder, files));
    await define(files.kubeconfig);
    return { kubeconfig: files.kubeconfig, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Files {
  readonly port: number;
  readonly certificate: string;
  readonly key: string;
  readonly kubeconfig: string;
}

/** One certificate for everything: it signs itself, names the loopback, and is an administrator's. */
async function makeFiles(folder: string, port: number): Promise<Files> {
  const [certificate, key, kubeconfig] = ["cert.pem", "key.pem", "kubeconfig"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  const { ok, stderr } = await runProcess("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
    ...["-subj", "/O=system:masters/CN=kasmix", "-addext", "subjectAltName=IP:127.0.0.1"],
    ...["-addext", "extendedKeyUsage=serverAuth,clientAuth", "-keyout", key, "-out", certificate],
  ]);
  if (!ok) throw new Error(`openssl: ${stderr}`);
  const cluster = { server: `https://127.0.0.1:${port}`, "certificate-authority": certificate };
  const user = { "client-certificate": certificate, "client-key": key };
  const settings = {
    ...{ apiVersion: "v1", kind: "Config", "current-context": "test" },
    clusters: [{ name: "test", cluster }],
    users: [{ name: "test", user }],
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
  };
  // JSON is YAML.
  await writeFile(kubeconfig, JSON.stringify(settings));
  return { port, certificate, key, kubeconfig };
}

async function startApi(folder: string, { port, certificate, key }: Files): Promise<Child[]> {
  const [clients, peers] = [await freePort(), await freePort()].map((each) => `https://127.0.0.1:${each}`);
  const etcd = start(folder, "etcd", {
    "data-dir": join(folder, "etcd"),
    ...{ "listen-client-urls": clients, "advertise-client-urls": clients },
    ...{ "listen-peer-urls": peers, "initial-advertise-peer-urls": peers },
    "initial-cluster": `default=${peers}`,
    ...{
      "cert-file": certificate,
      "key-file": key,
      "trusted-ca-file": certificate,
      "client-cert-auth": true,
    },
    ...{ "peer-cert-file": certificate, "peer-key-file": key, "peer-trusted-ca-file": certificate },
    // It is thrown away.
    "unsafe-no-fsync": true,
  });
  const api = start(folder, "kube-apiserver", {
    ...{ "bind-address": "127.0.0.1", "advertise-address": "127.0.0.1", "secure-port": port },
    "etcd-servers": clients,
    ...{ "etcd-cafile": certificate, "etcd-certfile": certificate, "etcd-keyfile": key },
    ...{ "tls-cert-file": certificate, "tls-private-key-file": key, "client-ca-file": certificate },
    ...{ "service-account-key-file": certificate, "service-account-signing-key-file": key },
    "service-account-issuer": "https://kubernetes.default.svc",
    "service-cluster-ip-range": "10.96.0.0/16",
    "authorization-mode": "RBAC",
    // The loopback cannot be an endpoint, and nothing here needs one.
    "endpoint-reconciler-type": "none",
  });
  return [etcd, api];
}

function startControllers(folder: string, { kubeconfig }: Files): Child {
  return start(folder, "kube-controller-manager", {
    kubeconfig,
    "leader-elect": false,
    "secure-port": 0,
    controllers: "statefulset-controller,serviceaccount-controller,namespace-controller",
    ...{ "kube-api-qps": 500, "kube-api-burst": 500, "concurrent-statefulset-syncs": 20 },
  });
}

/** Adds the kinds of object that Kubernetes does not have by itself. */
async function define(kubeconfig: string): Promise<void> {
  const files = DEFINITIONS.map((definition) => `--filename=${definitionPath(definition)}`);
  for (const words of [
    ["apply", "--server-side", ...files],
    ["wait", "--for=condition=Established", ...files],
  ]) {
    const { ok, stderr } = await runProcess(programPath("kubectl"), ["--kubeconfig", kubeconfig, ...words]);
    if (!ok) throw new Error(`kubectl ${words[0]}: ${stderr}`);
  }
}

interface Child {
  readonly program: string;
  readonly log: string;
  readonly process: ChildProcess;
}

/** Starts a program that ends with this process, even if that is killed. */
function start(
  folder: string,
  program: keyof typeof PROGRAMS,
  flags: Readonly<Record<string, string | number | boolean | undefined>>,
): Child {
  const log = join(folder, `${program}.log`);
  const file = openSync(log, "w");
  const words = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const child = spawn("setpriv", ["--pdeathsig", "KILL", programPath(program), ...words], {
    stdio: ["ignore", file, file],
  });
  return { program, log, process: child };
}

async function isReady(kubeconfig: string, children: readonly Child[]): Promise<void> {
  for (const { program, log, process } of children) {
    if (process.exitCode === null && process.signalCode === null) continue;
    throw new Error(`${program} ended: ${(await readFile(log, "utf8")).slice(-2000)}`);
  }
  const { ok, stderr } = await runProcess(programPath("kubectl"), [
    ...["--kubeconfig", kubeconfig, "get", "--raw", "/readyz"],
  ]);
  if (!ok) throw new Error(`The API server is not ready: ${stderr}`);
}

/** Nothing of it is kept, so it need not end in order. */
async function end({ process }: Child): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  process.kill("SIGKILL");
  await once(process, "exit");
}
