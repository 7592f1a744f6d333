import { beforeAll, describe, expect, test } from "vitest";
import { chartFiles } from "../../src/manifest/chart.ts";
import type { DeploymentOptions } from "../../src/manifest/deployment.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { HELM } from "../helpers/helm.ts";
import { makeProject } from "../helpers/project.ts";
import { COMBINATIONS, FULL, OPTIONS } from "../manifest/fixture.ts";
import { type Level, makeNamespace, type Namespace, notRun } from "./namespace.ts";

/** Values of the chart, by the least strict level that still admits its pod. A new value needs a line here. */
const VALUES: readonly { readonly values: readonly string[]; readonly level?: Level }[] = [
  {
    values: [
      ...["sidePorts=true", "anyUid=true", "networkPolicy.kind=cilium", "persistence.enabled=false"],
      ...["env.TZ=Europe/Berlin", "env.A=y: 1", "existingSecret=own", "envFrom[0].secretRef.name=a"],
      ...["extraVolumes[0].name=a", "extraVolumes[0].emptyDir.medium=Memory", "updateStrategy=OnDelete"],
    ],
  },
  {
    values: [
      ...["networkPolicy.launcherFrom={a,b}", "persistence.storageClass=fast", "podLabels.a=b"],
      ...["persistence.accessMode=ReadWriteOncePod", "persistence.volumes.projects.existingClaim=mine"],
      ...["service.type=LoadBalancer", "service.port=443", "service.loadBalancerIP=192.0.2.7"],
      ...["service.externalTrafficPolicy=Local", "service.loadBalancerSourceRanges={192.0.2.0/24}"],
      ...["podSecurityContext.supplementalGroups={44,105}", "runtimeClassName=nvidia"],
      ...["tolerations[0].key=gpu", "nodeSelector.disk=ssd", "probes.startupProbe.failureThreshold=9"],
    ],
  },
  {
    values: [
      ...["host=desk.example", "path=/desk/", "tls.plain=true", "ingress.enabled=true"],
      ...["httpRoute.enabled=true", "httpRoute.parentRefs[0].name=public", "tls.issuerRef.name=ca"],
      ...["serviceMonitor.enabled=true", "podDisruptionBudget.enabled=true", "generateSecret=true"],
      ...["serviceAccount.create=true", "serviceAccount.automount=true"],
    ],
  },
  { values: ["vpn.enabled=true", "networkPolicy.kind=none"], level: "privileged" },
];

for (const [version, helm] of Object.entries(HELM)) {
  const missing = notRun || ("missing" in helm ? ` (not run: ${helm.missing})` : "");
  describe.skipIf(missing !== "")(`charts by Helm ${version}${missing}`, () => {
    const chartOf = async (options: DeploymentOptions) =>
      makeProject(await chartFiles({ workspace: FULL, ...options }, "1.2.3"));

    /** Runs Helm, which must succeed without a warning of the API server. */
    async function quietly({ run }: Namespace, ...words: string[]): Promise<string> {
      const { ok, stdout, stderr } = await run("path" in helm ? helm.path : "", words);
      expect(ok, stderr).toBe(true);
      expect(stderr).toBe("");
      return stdout;
    }

    /** Which flags give which objects: test/e2e/helm.test.ts. */
    test("the API server accepts a chart with all flags, and one without, and creates nothing", async () => {
      const namespace = await makeNamespace("privileged");
      for (const options of [OPTIONS, ...COMBINATIONS.slice(-1)]) {
        const words = ["install", "full", await chartOf(options), "--dry-run=server"];
        expect(await quietly(namespace, ...words)).toContain("STATUS: ");
      }
      expect(await namespace.kubectl(["get", "statefulsets,services", "--output=name"])).toEqual([]);
    });

    test("shows the API server's warning of a pod that it will refuse", async () => {
      const { run } = await makeNamespace("baseline");
      const words = ["install", "full", await chartOf(OPTIONS), "--set", "vpn.enabled=true"];
      const { ok, stderr } = await run("path" in helm ? helm.path : "", words);
      expect(ok, stderr).toBe(true);
      // Helm 4 quotes it.
      expect(stderr).toMatch(/would violate PodSecurity \\?"baseline:latest/);
    });

    // Without it the API server refuses the pods that name it.
    beforeAll(async () => {
      const { kubectl } = await makeNamespace("restricted");
      const runtime = { apiVersion: "node.k8s.io/v1", kind: "RuntimeClass", handler: "nvidia" };
      const object = { ...runtime, metadata: { name: "nvidia" } };
      await kubectl(["apply", "--server-side", "--filename=-"], JSON.stringify(object));
    });

    test.each(VALUES.map(({ values, level = "restricted" }) => ({ values, level, title: values.join(" ") })))(
      "installs as $level with $title; upgrading with the same changes nothing",
      async ({ values, level }) => {
        const namespace = await makeNamespace(level);
        const words = ["full", await chartOf(OPTIONS), ...values.flatMap((value) => ["--set", value])];
        await quietly(namespace, "install", ...words);
        await eventually(async () => expect(await namespace.kubectl(POD)).toEqual(["pod/full-0"]), {
          timeout: PATIENCE,
        });
        const before = await namespace.kubectl(GENERATIONS);
        await quietly(namespace, "upgrade", ...words);
        expect(await namespace.kubectl(GENERATIONS)).toEqual(before);
        await quietly(namespace, "uninstall", "full");
        expect(await namespace.kubectl(["get", "statefulsets,services", "--output=name"])).toEqual([]);
      },
    );

    test("people come and go without a change for others, and keep generated passwords", async () => {
      const namespace = await makeNamespace("restricted");
      const chart = await chartOf(OPTIONS);
      const common = ["ingress.enabled=true", "host=desk.example", "generateSecret=true"];
      const people = (...names: string[]) => {
        const flags = names.map((name, index) => `sessions[${index}].name=${name}`);
        return ["full", chart, ...[...common, ...flags].flatMap((value) => ["--set", value])];
      };
      const objectsOf = (name: string) =>
        namespace.kubectl([
          ...["get", "statefulsets,services,ingresses,secrets,networkpolicies"],
          `--selector=app.kubernetes.io/instance=full-${name}`,
          "--output=jsonpath={range .items[*]}{.kind} {.metadata.uid} {.metadata.generation} {.data}{'\\n'}{end}",
        ]);
      await quietly(namespace, "install", ...people("alice", "bob"));
      const [alice, bob] = [await objectsOf("alice"), await objectsOf("bob")];
      expect(alice.map((line) => line.split(" ")[0]).sort()).toEqual([
        ...["Ingress", "NetworkPolicy", "Secret", "Service", "StatefulSet"],
      ]);
      await quietly(namespace, "upgrade", ...people("carol", "alice"));
      expect(await objectsOf("alice")).toEqual(alice);
      expect(await objectsOf("carol")).toHaveLength(alice.length);
      const secret = bob.filter((line) => line.startsWith("Secret "));
      expect(await objectsOf("bob")).toEqual(secret);
      await quietly(namespace, "uninstall", "full");
      await quietly(namespace, "install", ...people("bob"));
      expect((await objectsOf("bob")).filter((line) => line.startsWith("Secret "))).toEqual(secret);
    });
  });
}

const POD = ["get", "pods", "--output=name"];
/** They count changes of what people ask for, not of what controllers report. */
const GENERATIONS = [
  "get",
  "statefulsets,networkpolicies",
  '--output=jsonpath={range .items[*]}{.kind} {.metadata.generation}{"\\n"}{end}',
];
