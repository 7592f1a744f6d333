import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { renderComposeSessions } from "../../src/manifest/compose-sessions.ts";
import { renderKubernetesSessions } from "../../src/manifest/kubernetes-sessions.ts";
import { parseSessions } from "../../src/manifest/read-sessions.ts";
import type { Sessions } from "../../src/manifest/sessions.ts";
import { COMBINATIONS, documents, FULL, type Loose, OPTIONS, tiny } from "./fixture.ts";

const PEOPLE: Sessions = {
  host: "desk.example",
  sessions: [
    { name: "alice" },
    { name: "bob", path: "/bob/" },
    {
      name: "carol",
      host: "carol.example",
      existingSecret: "own",
      storage: "20GiB",
      resources: { memory: "4GiB", cpus: 1 },
    },
  ],
};
const GATEWAY = { name: "public", namespace: "gateways", networks: ["10.42.0.0/16"] };
const ON_CLUSTER: Sessions = { ...PEOPLE, gateway: GATEWAY };

const cluster = (sessions: Sessions, options = {}, workspace = tiny()): Loose[] =>
  documents(renderKubernetesSessions({ workspace, ...OPTIONS, ...options }, sessions));
const one = (objects: Loose[], kind: string, name: string): Loose =>
  objects.find((each) => each.kind === kind && each.metadata.name === name);
const without = (sessions: Sessions, name: string): Sessions => ({
  ...sessions,
  sessions: sessions.sessions.filter((session) => session.name !== name),
});
const envOf = (set: Loose): Loose =>
  Object.fromEntries(
    set.spec.template.spec.containers[0].env.map(({ name, value, valueFrom }: Loose) => [
      name,
      value ?? valueFrom.secretKeyRef.name,
    ]),
  );

it("gives each person a StatefulSet with its claim, a Service, a policy and a route of their own", () => {
  const objects = cluster(ON_CLUSTER);
  expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    "DaemonSet kasmix-tiny-images",
    ...["alice", "bob", "carol"].flatMap((name) =>
      ["NetworkPolicy", "Service", "StatefulSet", "HTTPRoute"].map((kind) => `${kind} kasmix-tiny-${name}`),
    ),
  ]);
  const carol = one(objects, "StatefulSet", "kasmix-tiny-carol");
  const [container] = carol.spec.template.spec.containers;
  expect(container.resources.limits).toEqual({ cpu: "1", memory: "4Gi" });
  expect(carol.spec.volumeClaimTemplates[0].spec.resources.requests.storage).toBe("20Gi");
  expect(carol.spec.updateStrategy).toEqual({ type: "OnDelete" });
  expect(carol.spec.replicas).toBe(1);
  const alice = one(objects, "StatefulSet", "kasmix-tiny-alice");
  expect(alice.spec.volumeClaimTemplates[0].spec.resources.requests.storage).toBe("10Gi");
});

it("selects only one person's pod, by labels that name the workspace too", () => {
  const objects = cluster(ON_CLUSTER);
  const selectors = ["alice", "bob", "carol"].map((name) => {
    const { spec } = one(objects, "StatefulSet", `kasmix-tiny-${name}`);
    expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
    expect(one(objects, "Service", `kasmix-tiny-${name}`).spec.selector).toEqual(spec.selector.matchLabels);
    return spec.selector.matchLabels;
  });
  const images = one(objects, "DaemonSet", "kasmix-tiny-images");
  for (const labels of [...selectors, images.spec.selector.matchLabels])
    expect(labels["app.kubernetes.io/name"]).toBe("kasmix-tiny");
  const instances = [...selectors, images.spec.selector.matchLabels].map(
    (labels) => labels["app.kubernetes.io/instance"],
  );
  expect(new Set(instances).size).toBe(4);
});

it("leads each address to one desktop, which speaks plain HTTP with the Gateway and knows its path", () => {
  const objects = cluster(ON_CLUSTER);
  const routes = ["alice", "bob", "carol"].map((name) => {
    const { parentRefs, hostnames, rules } = one(objects, "HTTPRoute", `kasmix-tiny-${name}`).spec;
    expect(parentRefs).toMatchObject([{ kind: "Gateway", name: "public", namespace: "gateways" }]);
    expect(rules[0].backendRefs).toMatchObject([
      { kind: "Service", name: `kasmix-tiny-${name}`, port: 6901 },
    ]);
    const [desktop] = one(objects, "Service", `kasmix-tiny-${name}`).spec.ports;
    expect(desktop).toMatchObject({ port: 6901, appProtocol: "kubernetes.io/ws" });
    return `${hostnames[0]}${rules[0].matches[0].path.value}`;
  });
  expect(routes).toEqual(["alice.desk.example/", "desk.example/bob", "carol.example/"]);
  const [alice, bob, carol] = ["alice", "bob", "carol"].map((name) =>
    envOf(one(objects, "StatefulSet", `kasmix-tiny-${name}`)),
  );
  expect(alice).toEqual({
    KASMIX_TLS: "0",
    KASMIX_TRUSTED_PROXIES: "10.42.0.0/16",
    VNC_PW: "kasmix-tiny-alice",
    VNC_VIEW_ONLY_PW: "kasmix-tiny-alice",
  });
  expect(bob).toEqual({
    ...alice,
    KASMIX_BASE_PATH: "/bob/",
    VNC_PW: "kasmix-tiny-bob",
    VNC_VIEW_ONLY_PW: "kasmix-tiny-bob",
  });
  expect(carol.VNC_PW).toBe("own");
});

it("starts on demand and stops by KEDA, which then decides how many pods there are", () => {
  const objects = cluster({ ...ON_CLUSTER, idle: "30min" });
  const kinds = objects.filter(({ metadata }) => metadata.name === "kasmix-tiny-bob").map(({ kind }) => kind);
  // KEDA reads the InterceptorRoute when it meets the ScaledObject.
  expect(kinds.slice(-2)).toEqual(["InterceptorRoute", "ScaledObject"]);
  const [route, interceptor, scaled, set] = [
    "HTTPRoute",
    "InterceptorRoute",
    "ScaledObject",
    "StatefulSet",
  ].map((kind) => one(objects, kind, "kasmix-tiny-bob"));
  expect(route.spec.rules[0].backendRefs).toMatchObject([
    { name: "keda-add-ons-http-interceptor-proxy", namespace: "keda", port: 8080 },
  ]);
  expect(interceptor.spec).toMatchObject({
    target: { service: "kasmix-tiny-bob", port: 6901 },
    rules: [{ hosts: ["desk.example"], paths: [{ value: "/bob" }] }],
  });
  expect(scaled.spec).toMatchObject({
    scaleTargetRef: { kind: "StatefulSet", name: "kasmix-tiny-bob" },
    ...{ minReplicaCount: 0, maxReplicaCount: 1, cooldownPeriod: 1800 },
    triggers: [{ metadata: { interceptorRoute: "kasmix-tiny-bob" } }],
  });
  expect(set.spec.replicas).toBeUndefined();
  // An open page that nobody uses is a visitor to KEDA until it is disconnected.
  expect(envOf(set)).toMatchObject({ KASMIX_IDLE_LIMIT: "30min", KASMIX_SESSION_END: "disconnect" });
});

it("has the image on every node, with no more rights than a desktop", () => {
  const [images] = cluster(ON_CLUSTER);
  const pod = images.spec.template.spec;
  expect(pod.containers[0]).toMatchObject({ image: OPTIONS.image, command: ["sleep", "infinity"] });
  expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
  expect(pod.containers[0].securityContext.capabilities).toEqual({ drop: ["ALL"] });
  const [free] = cluster(ON_CLUSTER, { anyUid: true });
  expect(free.spec.template.spec.securityContext.runAsUser).toBeUndefined();
});

it.each([{}, { idle: "1h" }])("adds and removes a person without a change for others (%j)", (more) => {
  const all = cluster({ ...ON_CLUSTER, ...more });
  const fewer = cluster(without({ ...ON_CLUSTER, ...more }, "bob"));
  expect(fewer).toEqual(all.filter(({ metadata }) => metadata.name !== "kasmix-tiny-bob"));
});

it("makes the passwords that are missing, and no other", () => {
  const text = renderKubernetesSessions({ workspace: tiny(), ...OPTIONS, vpn: true }, ON_CLUSTER);
  const head = text.slice(0, text.indexOf("apiVersion"));
  expect(head).toContain("for name in kasmix-tiny-alice kasmix-tiny-bob; do\n");
  expect(head).toContain("kubectl get secret $name > /dev/null 2>&1 ||\n");
  expect(head).toContain("| kubectl create secret generic $name --from-file=VNC_PW=/dev/stdin\n");
  expect(head).toContain("# Yours, with VNC_PW: own\n");
  // One account of the VPN for all.
  expect(head).toContain("kubectl create secret generic kasmix-tiny-vpn --from-env-file=vpn.env\n");
  for (const line of head.trimEnd().split("\n")) expect(line).toMatch(/^#/);
});

it("fits Kubernetes' own schemas, with no flags and with all", () => {
  for (const options of [OPTIONS, COMBINATIONS.at(-1)]) {
    for (const idle of [{}, { idle: "90s" }]) {
      expect(() => cluster({ ...ON_CLUSTER, ...idle }, options, FULL)).not.toThrow();
    }
  }
  const { host: _host, ...bare } = PEOPLE;
  const local = { ...bare, sessions: [{ name: "alice" }] };
  const objects = cluster(local);
  expect(objects.map(({ kind }) => kind)).toEqual(["DaemonSet", "NetworkPolicy", "Service", "StatefulSet"]);
  expect(envOf(objects[3])).not.toHaveProperty("KASMIX_TLS");
});

const compose = (sessions: Sessions, more = {}) => {
  const options = { image: "kasmix/tiny:latest", bind: "127.0.0.1", port: 6901, ...more };
  const { files, secrets } = renderComposeSessions(tiny(), sessions, options);
  const [file] = documents(files["compose.yaml"] ?? "");
  return { file, caddy: files["caddy/Caddyfile"] ?? "", secrets };
};

it("gives each person a container, a home and a network with the proxy alone", () => {
  const { file, secrets } = compose({ ...PEOPLE, idle: "1h" });
  expect(Object.keys(file.services)).toEqual(["alice", "bob", "carol", "proxy"]);
  expect(file.services.bob).toMatchObject({
    container_name: "kasmix-tiny-bob",
    env_file: ["kasmix-tiny-bob.env"],
    networks: ["bob"],
    volumes: ["kasmix-tiny-bob-home:/home/kasm-user"],
    cap_drop: ["ALL"],
    security_opt: ["no-new-privileges"],
  });
  expect(file.services.bob.environment).toEqual({
    KASMIX_TLS: "0",
    KASMIX_BASE_PATH: "/bob/",
    KASMIX_TRUSTED_PROXIES: "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7",
    KASMIX_IDLE_LIMIT: "1h",
    KASMIX_SESSION_END: "stop",
  });
  // Only the proxy can be reached from the machine.
  expect(file.services.bob.ports).toBeUndefined();
  expect(file.services.carol).toMatchObject({ mem_limit: "4g", cpus: 1, env_file: ["own.env"] });
  expect(file.services.proxy).toMatchObject({
    ports: ["127.0.0.1:6901:443"],
    networks: ["alice", "bob", "carol"],
    read_only: true,
    cap_drop: ["ALL"],
  });
  expect(secrets).toEqual(["kasmix-tiny-alice.env", "kasmix-tiny-bob.env"]);
  expect(compose(PEOPLE, { bind: "::", port: 443 }).file.services.proxy.ports).toEqual(["[::]:443:443"]);
});

it("has a site for each host, and paths below it", () => {
  const { caddy } = compose({
    host: "desk.example",
    sessions: [{ name: "alice" }, { name: "bob", path: "/bob/" }, { name: "carol", path: "/c/d/" }],
  });
  expect(caddy.slice(caddy.indexOf("\n\n"))).toBe(`

alice.desk.example {
	import *.tls
	reverse_proxy alice:6901
}

desk.example {
	import *.tls
	redir /bob /bob/
	reverse_proxy /bob/* bob:6901
	redir /c/d /c/d/
	reverse_proxy /c/d/* carol:6901
}
`);
});

it("has another proxy when the Caddyfile is another, so that Compose starts it anew", () => {
  const moved = { ...PEOPLE, host: "other.example" };
  const [before, again, after] = [compose(PEOPLE), compose(PEOPLE), compose(moved)];
  expect(again.file.services.proxy).toEqual(before.file.services.proxy);
  expect(after.file.services.proxy.networks).toEqual(before.file.services.proxy.networks);
  expect(after.file.services.proxy).not.toEqual(before.file.services.proxy);
});

it("adds and removes a container without a change of others", () => {
  const [all, fewer] = [compose(PEOPLE), compose(without(PEOPLE, "bob"))];
  for (const name of ["alice", "carol"]) expect(fewer.file.services[name]).toEqual(all.file.services[name]);
  expect(fewer.caddy).not.toContain("bob");
});

it("the example of the documentation is valid", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/operate/deploy.md"), "utf8");
  const [, text = ""] = /^```yaml\n(host:[\s\S]*?)^```/m.exec(page) ?? [];
  const sessions = parseSessions(text, "deploy.md", { workspace: "desktop", kind: "kubernetes" });
  expect(sessions.sessions.map(({ name }) => name)).toEqual(["alice", "bob", "carol"]);
  expect(() => cluster(sessions)).not.toThrow();
});
