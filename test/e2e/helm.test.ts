import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runProcess } from "../../src/engine/process.ts";
import { chartFiles } from "../../src/manifest/chart.ts";
import type { DeploymentOptions } from "../../src/manifest/deployment.ts";
import { renderObjects } from "../../src/manifest/objects.ts";
import { validateObjects } from "../../src/manifest/validate.ts";
import type { Value, Values } from "../../src/manifest/value.ts";
import { chartValues } from "../../src/manifest/values.ts";
import { loadWorkspace } from "../../src/model/load.ts";
import { type ResolvedWorkspace, resolveWorkspace } from "../../src/model/resolve.ts";
import { HELM } from "../helpers/helm.ts";
import { makeProject } from "../helpers/project.ts";
import { sharedDesktop } from "../helpers/shared.ts";
import { CHANGES } from "../manifest/chart-changes.ts";
import { COMBINATIONS, documents, FULL, type Loose, OPTIONS, tiny } from "../manifest/fixture.ts";

for (const [version, helm] of Object.entries(HELM)) {
  const missing = "missing" in helm ? ` (not run: ${helm.missing})` : "";
  const newest = version.startsWith("4.");
  describe.skipIf(missing !== "")(`charts and the real helm ${version}${missing}`, () => {
    const run = (...args: string[]) => runProcess("path" in helm ? helm.path : "", args);

    const chartOf = async (workspace: ResolvedWorkspace, options: DeploymentOptions = OPTIONS) =>
      makeProject(await chartFiles({ workspace, ...options }, "1.2.3"));

    /** What Helm makes of a chart with these values by their paths. */
    const render = (chart: string, values: Readonly<Record<string, unknown>> = {}, ...more: string[]) =>
      run("template", `kasmix-${FULL.name}`, chart, ...more, ...jsonFlags(values));

    /** The objects in the order in which Helm creates them. */
    async function objectsOf(...request: Parameters<typeof render>): Promise<Loose[]> {
      const { ok, stdout, stderr } = await render(...request);
      expect(ok, stderr).toBe(true);
      return documents(stdout);
    }

    const refusal = async (...request: Parameters<typeof render>): Promise<string> => {
      const { ok, stderr } = await render(...request);
      expect(ok).toBe(false);
      return stderr;
    };

    test.each(["chromium", "desktop", "signal", "void"])(
      "lint finds nothing in the chart of %s",
      async (name) => {
        const workspace = resolveWorkspace(await loadWorkspace(join(import.meta.dirname, "../.."), name));
        const chart = await chartOf(workspace, { ...OPTIONS, image: `kasmix/${name}:1.0` });
        const { ok, stdout, stderr } = await run("lint", "--strict", chart);
        expect(ok, stdout + stderr).toBe(true);
        expect(stdout).toContain("1 chart(s) linted, 0 chart(s) failed");
      },
    );

    test("a chart yields the objects of the plain manifests, with every combination of flags", async () => {
      for (const options of COMBINATIONS) {
        for (const workspace of [FULL, tiny({ name: FULL.name })]) {
          const plain = renderObjects({ workspace, ...options });
          const made = await objectsOf(await chartOf(workspace, options), {}, "--skip-tests");
          validateObjects(made);
          expect(byKind(made.map(withoutChartParts))).toEqual(byKind(plain));
        }
      }
    });

    test("values have the effect of the flags", async () => {
      const launcherFrom = ["a", "b"];
      const flags = { sidePorts: true, vpn: true, anyUid: true, cilium: true, launcherFrom };
      const byValues = await objectsOf(await chartOf(FULL), {
        ...{ sidePorts: true, "vpn.enabled": true, anyUid: true },
        ...{ "networkPolicy.kind": "cilium", "networkPolicy.launcherFrom": launcherFrom },
      });
      expect(byValues).toEqual(await objectsOf(await chartOf(FULL, { ...OPTIONS, ...flags })));
    });

    test.runIf(newest)(
      "each value has an effect, and each of the names that it may have another one",
      async () => {
        const chart = await chartOf(FULL);
        const leaves = leavesOf(chartValues({ workspace: FULL, ...OPTIONS }));
        expect(Object.keys(CHANGES).sort()).toEqual(Object.keys(leaves).sort());
        const seen = new Map<string, ReturnType<typeof render>>();
        const once = (values: Readonly<Record<string, unknown>>) => {
          const key = JSON.stringify(values);
          const outcome = seen.get(key) ?? render(chart, values);
          seen.set(key, outcome);
          return outcome;
        };
        const outcomes = await inTurn(Object.entries(leaves), async ([path, leaf]) => {
          const { to = others(leaf), with: base = {} } = CHANGES[path] ?? {};
          const variants = [base, ...to.map((value) => ({ ...base, [path]: value }))];
          const texts = await Promise.all(variants.map(once));
          return texts.map(({ ok, stdout, stderr }, index) => ({
            about: `${path}: ${JSON.stringify(to[index - 1])} ${stderr}`,
            ok,
            fresh: texts.findIndex((other) => other.stdout === stdout) === index,
          }));
        });
        const faults = outcomes.flat().filter(({ ok, fresh }) => !ok || !fresh);
        expect(faults.map(({ about }) => about)).toEqual([]);
      },
    );

    test("numbers and booleans are variables as they are written", async () => {
      const env = { TZ: "Europe/Berlin", A: "y: 1", B: 1_000_000, C: true, D: 0.5 };
      const set = (await objectsOf(await chartOf(FULL), { env })).find(isSet);
      const [container] = set.spec.template.spec.containers;
      const given = container.env.flatMap(({ name, value }: Loose) => (name in env ? [[name, value]] : []));
      expect(Object.fromEntries(given)).toEqual({
        ...{ TZ: "Europe/Berlin", A: "y: 1", B: "1000000", C: "true", D: "0.5" },
      });
      expect(await refusal(await chartOf(FULL), { env: { "A B": 1 } })).toContain("A B");
      const own = await refusal(await chartOf(FULL), { env: { VNC_PW: "secret", KASMIX_TLS: 0 } });
      expect(own).toContain("env.VNC_PW is set by the chart: use the Secret");
      expect(own).toContain("env.KASMIX_TLS is set by the chart: use tls.plain");
    });

    test("a certificate of cert-manager is mounted where the desktop reads it", async () => {
      const values = { "tls.issuerRef": { name: "ca", kind: "ClusterIssuer" } };
      const objects = await objectsOf(await chartOf(FULL), values);
      const certificate = objects.find(({ kind }) => kind === "Certificate");
      expect(certificate.spec).toEqual({
        secretName: "kasmix-full-tls",
        issuerRef: { name: "ca", kind: "ClusterIssuer" },
        dnsNames: ["kasmix-full", "kasmix-full.default", "kasmix-full.default.svc"],
      });
      const { volumes, containers } = objects.find(isSet).spec.template.spec;
      expect(volumes).toContainEqual({ name: "tls", secret: { secretName: "kasmix-full-tls" } });
      const mount = { name: "tls", mountPath: "/etc/kasmix/tls", readOnly: true };
      expect(containers[0].volumeMounts).toContainEqual(mount);
    });

    test("an Ingress lets WebSockets and large bodies through, by https or by plain HTTP", async () => {
      const values = { "ingress.enabled": true, host: "desk.example", path: "/desk/" };
      const objects = await objectsOf(await chartOf(FULL), { ...values, "ingress.tlsSecret": "desk-tls" });
      validateObjects(objects);
      const { metadata, spec } = objects.find(({ kind }) => kind === "Ingress");
      const annotation = (name: string) => metadata.annotations[`nginx.ingress.kubernetes.io/${name}`];
      expect(["backend-protocol", "proxy-body-size", "proxy-request-buffering"].map(annotation)).toEqual([
        ...["HTTPS", "0", "off"],
      ]);
      expect(Number(annotation("proxy-read-timeout"))).toBeGreaterThan(60);
      expect(spec.tls).toEqual([{ hosts: ["desk.example"], secretName: "desk-tls" }]);
      const service = { name: "kasmix-full", port: { name: "desktop" } };
      const paths = [{ path: "/desk", pathType: "Prefix", backend: { service } }];
      expect(spec.rules).toEqual([{ host: "desk.example", http: { paths } }]);
      expect(variables(objects)).toContainEqual({ name: "KASMIX_BASE_PATH", value: "/desk/" });
      const plain = await objectsOf(await chartOf(FULL), { ...values, "tls.plain": true });
      const ingress = plain.find(({ kind }) => kind === "Ingress");
      expect(ingress.metadata.annotations["nginx.ingress.kubernetes.io/backend-protocol"]).toBe("HTTP");
      expect(variables(plain)).toContainEqual({ name: "KASMIX_TLS", value: "0" });
    });

    test("a route of the Gateway API has no time-out for whole requests", async () => {
      const parentRefs = [{ name: "public", namespace: "gateways" }];
      const values = { "httpRoute.enabled": true, "httpRoute.parentRefs": parentRefs, host: "desk.example" };
      const plain = await objectsOf(await chartOf(FULL), {
        ...values,
        "tls.plain": true,
        "service.port": 80,
      });
      validateObjects(plain);
      const { spec } = plain.find(({ kind }) => kind === "HTTPRoute");
      expect(spec).toMatchObject({ parentRefs, hostnames: ["desk.example"] });
      expect(spec.rules).toEqual([
        {
          matches: [{ path: { type: "PathPrefix", value: "/" } }],
          timeouts: { request: "0s", backendRequest: "0s" },
          backendRefs: [{ name: "kasmix-full", port: 80 }],
        },
      ]);
      const backendTLS = { hostname: "desk.example", wellKnownCACertificates: "System" };
      const encrypted = await objectsOf(await chartOf(FULL), {
        ...values,
        "httpRoute.backendTLS": backendTLS,
      });
      const protocol = (objects: Loose[]) => objects.find(isService).spec.ports[0].appProtocol;
      expect([protocol(plain), protocol(encrypted)]).toEqual(["kubernetes.io/ws", "kubernetes.io/wss"]);
      const policy = encrypted.find(({ kind }) => kind === "BackendTLSPolicy");
      const service = { group: "", kind: "Service", name: "kasmix-full", sectionName: "desktop" };
      expect(policy.spec).toEqual({ targetRefs: [service], validation: backendTLS });
    });

    test("Prometheus signs in with the Secret's password", async () => {
      const objects = await objectsOf(await chartOf(FULL), {
        "serviceMonitor.enabled": true,
        existingSecret: "own",
      });
      const { spec } = objects.find(({ kind }) => kind === "ServiceMonitor");
      const [{ basicAuth, ...endpoint }] = spec.endpoints;
      expect(endpoint).toMatchObject({ port: "desktop", path: "/metrics", scheme: "https" });
      expect(basicAuth.password).toEqual({ name: "own", key: "VNC_PW" });
      const user = objects.find(
        ({ kind, metadata }) => kind === "Secret" && metadata.name === basicAuth.username.name,
      );
      expect(atob(user.data[basicAuth.username.key])).toBe("kasm_user");
      expect(objects.find(isService).metadata.labels).toMatchObject(spec.selector.matchLabels);
    });

    test("each person has objects of their own, which others do not touch", async () => {
      const chart = await chartOf(FULL);
      const alice = { name: "alice", env: { TZ: "Europe/Berlin" }, persistence: { size: "20Gi" } };
      const bob = { name: "bob", path: "/bob/", existingSecret: "bobs" };
      const common = {
        ...{ "ingress.enabled": true, host: "desk.example", "env.LANG": "de_DE.UTF-8" },
        "podDisruptionBudget.enabled": true,
      };
      const [both, one] = [
        await objectsOf(chart, { ...common, sessions: [bob, alice] }),
        await objectsOf(chart, { ...common, sessions: [alice] }),
      ];
      const of = (person: string) =>
        both.filter(({ metadata }) => metadata.name.startsWith(`kasmix-full-${person}`));
      expect([...of("alice"), ...of("bob")]).toHaveLength(both.length);
      expect(of("alice")).toEqual(one);
      const hosts = both.filter(({ kind }) => kind === "Ingress").map(({ spec }) => spec.rules[0].host);
      expect(hosts.sort()).toEqual(["alice.desk.example", "desk.example"]);
      expect(variables(of("alice"))).toContainEqual({ name: "LANG", value: "de_DE.UTF-8" });
      expect(variables(of("alice"))).toContainEqual({ name: "TZ", value: "Europe/Berlin" });
      expect(variables(of("bob"))).not.toContainEqual({ name: "TZ", value: "Europe/Berlin" });
      expect(variables(of("bob"))[0].valueFrom.secretKeyRef.name).toBe("bobs");
      expect(of("alice").find(isSet).spec.volumeClaimTemplates[0].spec.resources.requests.storage).toBe(
        "20Gi",
      );
      const selectors = both.filter(isService).map(({ spec }) => spec.selector);
      const pods = both.filter(isSet).map(({ spec }) => spec.template.metadata.labels);
      const chosen = selectors.map(
        (selector) =>
          pods.filter((labels) => Object.entries(selector).every(([key, value]) => labels[key] === value))
            .length,
      );
      expect(chosen).toEqual([1, 1]);
    });

    test("invalid values are refused by their names, all at once", async () => {
      const chart = await chartOf(FULL);
      const unknown = await refusal(chart, { sharedMemory: "512MB", sideports: true, "service.ports": 1 });
      const label = await refusal(chart, { podLabels: { "app.kubernetes.io/name": "a" } });
      expect(label).toContain("podLabels");
      for (const name of ["sharedMemory", "sideports", "ports"]) expect(unknown).toContain(name);
      const conflicts = await refusal(chart, {
        ...{ "image.tag": "", "ingress.enabled": true, "httpRoute.enabled": true, existingSecret: "a" },
        ...{
          generateSecret: true,
          "tls.issuerRef": { kind: "Issuer" },
          "service.loadBalancerIP": "192.0.2.1",
        },
        ...{ fullnameOverride: "a".repeat(52), "persistence.enabled": false },
        ...{ "persistence.volumes": { home: { existingClaim: "mine" } } },
      });
      for (const fault of [
        ...["image.tag is empty", "ingress needs host", "httpRoute needs host", "httpRoute.parentRefs"],
        ...["httpRoute needs tls.plain", "generateSecret and existingSecret", "tls.issuerRef needs a name"],
        ...[
          "service.loadBalancerIP needs service.type=LoadBalancer",
          "persistence.volumes.home.existingClaim",
        ],
      ]) {
        expect(conflicts).toContain(fault);
      }
      const shared = await refusal(chart, {
        ...{ sessions: [{ name: "a" }, { name: "a" }], existingSecret: "one", "tls.existingSecret": "one" },
        "persistence.volumes": { home: { existingClaim: "mine" } },
      });
      for (const fault of ["same name", "one password", "others' key", "same files"])
        expect(shared).toContain(fault);
      expect(await refusal(chart, { "vpn.enabled": true }, "--kube-version=1.28")).toContain(
        "vpn needs Kubernetes 1.29",
      );
      expect(await refusal(chart, {}, "--kube-version=1.26")).toContain("kubeVersion");
      const long = await refusal(chart, { sessions: [{ name: "b" }], fullnameOverride: "a".repeat(51) });
      expect(long).toContain("more than 52 characters");
    });

    test.runIf(newest)(
      "helm test signs in, waits for the desktop's picture, and needs the right password",
      async () => {
        const { container } = await sharedDesktop();
        const objects = await objectsOf(await chartOf(FULL));
        const [test] = objects.find(({ kind }) => kind === "Pod").spec.containers;
        const attempt = (password: string) => {
          const variables = ["DESKTOP=https://localhost:6901", `VNC_PW=${password}`];
          const flags = variables.flatMap((variable) => ["--env", variable]);
          return container.engine.attempt(["exec", ...flags, container.name, ...test.command]);
        };
        const right = await attempt(container.settings.password);
        expect(right).toMatchObject({ ok: true, stdout: expect.stringContaining("shows its picture") });
        const wrong = await attempt("wrong");
        expect(wrong).toMatchObject({ ok: false, stderr: expect.stringContaining("401") });
      },
    );

    // Helm 3 shows notes only with a cluster.
    test.runIf(newest)("the notes fit the values", async () => {
      const chart = await chartOf(FULL);
      const notes = async (values: Readonly<Record<string, unknown>>): Promise<string> => {
        const { ok, stdout, stderr } = await run(
          ...["install", "mine", chart, "--namespace=desks", "--dry-run=client"],
          ...jsonFlags(values),
        );
        expect(ok, stderr).toBe(true);
        return stdout.slice(stdout.indexOf("NOTES:"));
      };
      const plain = await notes({});
      expect(plain).toContain("kubectl -n desks create secret generic mine --from-file=VNC_PW=/dev/stdin");
      expect(plain).toContain("port-forward service/mine 6901:desktop");
      expect(plain).not.toContain("gluetun");
      const tunnel = await notes({ "vpn.enabled": true, generateSecret: true });
      expect(tunnel).toContain("get secret mine -o jsonpath='{.data.VNC_PW}'");
      expect(tunnel).toContain("label namespace desks pod-security.kubernetes.io/enforce=privileged");
      expect(await notes({ "service.type": "NodePort" })).toContain("{.spec.ports[0].nodePort}");
      const balancer = await notes({ "service.type": "LoadBalancer", "service.port": 443 });
      expect(balancer).toContain("https://ADDRESS/ ");
      const behind = { "ingress.enabled": true, host: "desk.example" };
      expect(await notes(behind)).toContain("Open https://desk.example/\n\nAll visitors have");
      expect(await notes({ ...behind, "env.KASMIX_TRUSTED_PROXIES": "10.0.0.0/8" })).not.toContain(
        "All visitors",
      );
      const people = await notes({ ...behind, sessions: [{ name: "alice" }, { name: "bob", path: "/b/" }] });
      expect(people).toContain("Open https://alice.desk.example/\n");
      expect(people).toContain("Open https://desk.example/b/\n");
    });
  });
}

/** Flags that set values by their paths. */
function jsonFlags(values: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(values).map(([path, value]) => `--set-json=${path}=${JSON.stringify(value)}`);
}

/** The values by their paths. */
function leavesOf(values: Values, prefix = ""): Readonly<Record<string, Leaf>> {
  const entries = Object.entries(values).flatMap(([name, value]): [string, Leaf][] =>
    "fields" in value
      ? Object.entries(leavesOf(value.fields, `${prefix}${name}.`))
      : [[`${prefix}${name}`, value]],
  );
  return Object.fromEntries(entries);
}

type Leaf = Extract<Value, { readonly schema: object }>;

/** What a flag or a choice may be instead of its default. */
function others({ value, schema }: Leaf): unknown[] {
  const all = "enum" in schema ? (schema.enum as unknown[]) : typeof value === "boolean" ? [true, false] : [];
  return all.filter((each) => each !== value);
}

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

function byKind<T extends { readonly kind: string }>(objects: readonly T[]): T[] {
  return objects.toSorted((one, other) => one.kind.localeCompare(other.kind));
}

const isSet = ({ kind }: Loose): boolean => kind === "StatefulSet";
const isService = ({ kind }: Loose): boolean => kind === "Service";

/** The variables of the only workspace among objects. */
function variables(objects: readonly Loose[]): Loose[] {
  return objects.find(isSet).spec.template.spec.containers[0].env;
}

/** Removes what a chart always has, and a plain manifest never: labels, and fields at Kubernetes' defaults. */
function withoutChartParts(object: Loose): Loose {
  const { labels } = object.metadata;
  expect(labels["helm.sh/chart"]).toBe("kasmix-full-1.2.3");
  expect(labels["app.kubernetes.io/version"]).toBe("1.2.3");
  for (const name of ["helm.sh/chart", "app.kubernetes.io/version", "app.kubernetes.io/managed-by"]) {
    delete labels[name];
  }
  if (isService(object)) {
    expect(object.spec.type).toBe("ClusterIP");
    delete object.spec.type;
  }
  if (isSet(object)) {
    const [container] = object.spec.template.spec.containers;
    expect(container.imagePullPolicy).toBe("IfNotPresent");
    delete container.imagePullPolicy;
    expect(object.spec.updateStrategy).toEqual({ type: "RollingUpdate" });
    delete object.spec.updateStrategy;
  }
  return object;
}
