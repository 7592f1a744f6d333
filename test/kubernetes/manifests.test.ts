import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { DeploymentOptions } from "../../src/manifest/deployment.ts";
import { renderKubernetes } from "../../src/manifest/kubernetes.ts";
import { renderKubernetesSessions } from "../../src/manifest/kubernetes-sessions.ts";
import { parseSessions } from "../../src/manifest/read-sessions.ts";
import { listWorkspaces, loadWorkspace } from "../../src/model/load.ts";
import { type ResolvedWorkspace, resolveWorkspace } from "../../src/model/resolve.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { makeProject } from "../helpers/project.ts";
import { COMBINATIONS, documents, FULL, OPTIONS, tiny } from "../manifest/fixture.ts";
import { type Level, makeNamespace, type Namespace, notRun } from "./namespace.ts";

const ROOT = join(import.meta.dirname, "../..");
const VARIANTS: readonly DeploymentOptions[] = [
  ...COMBINATIONS,
  { ...OPTIONS, launcherFrom: ["dashboard", "other"], storage: "512MiB" },
];

/** The strictest level that admits the pod: gluetun needs capabilities and a device of the node. */
const levelFor = ({ vpn }: DeploymentOptions): Level => (vpn ? "privileged" : "restricted");

/** What differs from the options without any flag. */
function titleOf(options: DeploymentOptions): string {
  const set = Object.entries(options).filter(([name, value]) => {
    const usual = OPTIONS[name as keyof DeploymentOptions];
    return JSON.stringify(value) !== JSON.stringify(usual);
  });
  return set.map(([name, value]) => `${name}=${value}`).join(" ") || "no flag";
}

const VPN = { ...OPTIONS, vpn: true };
const APPLY = ["apply", "--filename=-"];

describe.skipIf(notRun !== "")(`plain manifests${notRun}`, () => {
  let workspaces: readonly ResolvedWorkspace[];
  /** The manifests of all workspaces as one. */
  const all = (options: DeploymentOptions): string =>
    workspaces.map((workspace) => renderKubernetes({ workspace, ...options })).join("---\n");

  beforeAll(async () => {
    const names = await listWorkspaces(ROOT);
    const loaded = await Promise.all(names.map((name) => loadWorkspace(ROOT, name)));
    workspaces = [...loaded.map(resolveWorkspace), FULL, tiny({ display: { server: "kasmvnc" } })];
  });

  test.each(VARIANTS.map((options) => ({ options, level: levelFor(options), title: titleOf(options) })))(
    "every workspace is admitted as $level with $title",
    async ({ options, level }) => {
      const { kubectl } = await makeNamespace(level);
      const said = await kubectl([...APPLY, "--server-side", "--dry-run=server"], all(options));
      expect(said.filter((line) => !line.endsWith(" serverside-applied (server dry run)"))).toEqual([]);
      expect(said).toHaveLength(3 * workspaces.length);
    },
  );

  test("applied again, nothing changes, and each workspace has its pod and its claims", async () => {
    const { kubectl } = await makeNamespace("restricted");
    const created = await kubectl(APPLY, all(OPTIONS));
    expect(created.filter((line) => !line.endsWith(" created"))).toEqual([]);
    expect(created).toHaveLength(3 * workspaces.length);
    await hasPods({ kubectl }, workspaces.length);
    const claims = workspaces.flatMap(({ name, volumes }) =>
      ["home", ...volumes.map((volume) => volume.name)].map((volume) => `${volume}-kasmix-${name}-0`),
    );
    expect((await namesOf({ kubectl }, "claims")).sort()).toEqual(claims.sort());
    expect(await kubectl(["diff", "--filename=-"], all(OPTIONS))).toEqual([]);
    const again = await kubectl(APPLY, all(OPTIONS));
    expect(again.filter((line) => !line.endsWith(" unchanged"))).toEqual([]);
    const generations = ["get", "statefulsets", "--output=jsonpath={.items[*].metadata.generation}"];
    expect(await kubectl(generations)).toEqual([workspaces.map(() => "1").join(" ")]);
  });

  test("a desktop for each person is admitted, with routes and scaling; applied again, nothing changes", async () => {
    const { kubectl } = await makeNamespace("restricted");
    const page = readFileSync(join(ROOT, "docs/operate/deploy.md"), "utf8");
    const [, example = ""] = /^```yaml\n(host:[\s\S]*?)^```/m.exec(page) ?? [];
    const sessions = parseSessions(example, "deploy.md", { workspace: FULL.name, kind: "kubernetes" });
    const objects = documents(renderKubernetesSessions({ workspace: FULL, ...OPTIONS }, sessions));
    // Go's module proxy does not have the add-on that defines it.
    const known = objects.filter(({ kind }) => kind !== "InterceptorRoute");
    const text = known.map((object) => JSON.stringify(object)).join("\n---\n");
    const created = await kubectl(APPLY, text);
    expect(created.filter((line) => !line.endsWith(" created"))).toEqual([]);
    for (const kind of ["daemonset", "httproute", "scaledobject"])
      expect(created.join()).toContain(`${kind}.`);
    const again = await kubectl(APPLY, text);
    expect(again.filter((line) => !line.endsWith(" unchanged"))).toEqual([]);
  });

  test("flags may change later, but the size of claims may not", async () => {
    const { run, kubectl } = await makeNamespace("restricted");
    const apply = (options: object) =>
      run("kubectl", APPLY, renderKubernetes({ workspace: FULL, ...OPTIONS, ...options }));
    for (const options of [{}, { sidePorts: true, gpu: "nvidia.com/gpu", anyUid: true }]) {
      expect(await apply(options)).toMatchObject({ ok: true, stderr: "" });
    }
    expect(
      await kubectl(["get", "service", "kasmix-full", "--output=jsonpath={.spec.ports[*].port}"]),
    ).toEqual(["6901 4901 4902 4903 4904 9998"]);
    const { ok, stderr } = await apply({ storage: "20GiB" });
    expect(ok).toBe(false);
    expect(stderr).toContain("updates to statefulset spec");
  });

  test.each(["baseline", "restricted"] as const)("--vpn is refused as %s, and says so", async (level) => {
    const { run, kubectl } = await makeNamespace(level);
    const { ok, stderr } = await run("kubectl", APPLY, renderKubernetes({ workspace: FULL, ...VPN }));
    expect(ok, stderr).toBe(true);
    expect(stderr).toContain(`would violate PodSecurity "${level}:latest"`);
    for (const reason of ["hostPath", "NET_ADMIN"]) expect(stderr).toContain(reason);
    const events = ["get", "events", "--field-selector=reason=FailedCreate"];
    await eventually(
      async () => {
        const said = await kubectl([...events, "--output=jsonpath={.items[*].message}"]);
        expect(said.join("\n")).toContain(`violates PodSecurity "${level}:latest"`);
      },
      { timeout: PATIENCE },
    );
    expect(await namesOf({ kubectl }, "pods")).toEqual([]);
  });

  test("the pod of --vpn is admitted as privileged", async () => {
    const { kubectl } = await makeNamespace("privileged");
    await kubectl(APPLY, renderKubernetes({ workspace: FULL, ...VPN }));
    await hasPods({ kubectl }, 1);
  });

  test("the commands at a manifest's head make its Secrets", async () => {
    const { run, kubectl } = await makeNamespace("restricted");
    const text = renderKubernetes({ workspace: FULL, ...VPN });
    const commands = [...text.matchAll(/^# {3}(\S.*)$/gm)].map(([, command = ""]) => command);
    expect(commands).toHaveLength(2);
    const folder = makeProject({ "vpn.env": "VPN_TYPE=wireguard\nWIREGUARD_ADDRESSES=10.2.0.2/32\n" });
    const { ok, stderr } = await run("sh", ["-ec", [`cd ${folder}`, ...commands].join("\n")]);
    expect(ok, stderr).toBe(true);
    const read = async (name: string) => {
      const [secret = ""] = await kubectl(["get", "secret", name, "--output=jsonpath={.data}"]);
      return Object.entries(JSON.parse(secret) as Readonly<Record<string, string>>).map(
        ([key, value]) => [key, Buffer.from(value, "base64").toString()] as const,
      );
    };
    expect(await read("kasmix-full")).toEqual([["VNC_PW", expect.stringMatching(/^[\w+/]{24}$/)]]);
    expect(await read("kasmix-full-vpn")).toEqual([
      ["VPN_TYPE", "wireguard"],
      ["WIREGUARD_ADDRESSES", "10.2.0.2/32"],
    ]);
  });

  test("the command of README.md fills a cluster; deleting it keeps the home, which the next one has", async () => {
    const { run, kubectl } = await makeNamespace("restricted");
    const pipe = "./kasmix manifest desktop --kubernetes | kubectl";
    const apply = () => run("sh", ["-ec", `cd '${ROOT}'\n${pipe} apply -f -`]);
    const { ok, stderr } = await apply();
    expect(ok, stderr).toBe(true);
    await hasPods({ kubectl }, 1);
    const home = () => kubectl(["get", "pvc", "home-kasmix-desktop-0", "--output=jsonpath={.metadata.uid}"]);
    const before = await home();
    expect((await run("sh", ["-ec", `cd '${ROOT}'\n${pipe} delete -f -`])).ok).toBe(true);
    expect(await home()).toEqual(before);
    expect((await apply()).ok).toBe(true);
    expect(await home()).toEqual(before);
  });
});

const KINDS = { pods: "pods", claims: "persistentvolumeclaims" };

async function namesOf({ kubectl }: Pick<Namespace, "kubectl">, kind: keyof typeof KINDS): Promise<string[]> {
  const lines = await kubectl(["get", KINDS[kind], "--output=name"]);
  return lines.map((line) => line.replace(/^.*\//, ""));
}

/** There is no node, so they are admitted and wait. */
async function hasPods(namespace: Pick<Namespace, "kubectl">, count: number): Promise<void> {
  await eventually(async () => expect(await namesOf(namespace, "pods")).toHaveLength(count), {
    timeout: PATIENCE,
  });
}
