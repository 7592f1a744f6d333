import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { openWeb } from "../../src/net/http.ts";
import { readArchitectures } from "../../src/oci/architectures.ts";
import { digestOf, MANIFEST } from "../../src/oci/artifact.ts";
import { type ClientOptions, openRegistry, type RegistryClient } from "../../src/oci/client.ts";
import { serve } from "../debian/fixtures.ts";
import { makeProject } from "../helpers/project.ts";
import { openProxy } from "../net/proxy.ts";
import { serveSecurely } from "../net/secure.ts";

const hostOf = (origin: string) => origin.replace("http://", "");

function open(registry: string, options: Partial<ClientOptions> = { insecure: true }): RegistryClient {
  return openRegistry({ registry, repository: "team/x", delay: 1, ...options });
}

/** Signs in at a registry: the password is `secret`. */
function signIn(...hosts: readonly string[]): void {
  const auth = Buffer.from("me:secret").toString("base64");
  const auths = Object.fromEntries(hosts.map((host) => [host, { auth }]));
  process.env.REGISTRY_AUTH_FILE = join(makeProject({ "auth.json": JSON.stringify({ auths }) }), "auth.json");
  onTestFinished(() => {
    delete process.env.REGISTRY_AUTH_FILE;
  });
}

/** Registries with their blobs in an object store redirect: the second push to a tag failed with "it answers 307". */
it("follows a registry to where its blobs are, without the password", async () => {
  const config = Buffer.from('{"architecture":"arm64"}');
  const manifest = Buffer.from(JSON.stringify({ config: { digest: digestOf(config) } }));
  const seen: (string | undefined)[] = [];
  const store = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.end(config);
  });
  const registry = await serve((request, response) => {
    if (request.headers.authorization === undefined) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end();
    } else if (request.url?.includes("/blobs/")) {
      response.writeHead(307, { location: `${store}/signed?x=1` }).end();
    } else response.writeHead(200, { "content-type": MANIFEST }).end(manifest);
  });
  signIn(hostOf(registry));
  expect(await readArchitectures(open(hostOf(registry)), "1.0")).toMatchObject([{ architecture: "arm64" }]);
  expect(seen).toEqual([undefined]);
});

/** They are in an index beside the images, and were counted as images of another architecture. */
it("an attestation of another builder is not an image", async () => {
  const manifests = ["amd64", "unknown"].map((architecture, index) => ({
    ...{ mediaType: MANIFEST, digest: `sha256:${index}`, size: 1 },
    platform: { architecture, os: architecture === "unknown" ? "unknown" : "linux" },
  }));
  const registry = await serve((_request, response) => response.end(JSON.stringify({ manifests })));
  expect(await readArchitectures(open(hostOf(registry)), "1.0")).toMatchObject([{ architecture: "amd64" }]);
});

/** A web server that has a page for every address was a fault of Kasmix. */
it.each(["<!doctype html>", "null", "[]"])("a server that answers %s is not a registry", async (page) => {
  const registry = await serve((_request, response) => response.end(page));
  const asked = readArchitectures(open(hostOf(registry)), "1.0");
  await expect(asked).rejects.toMatchObject({
    code: "E_PUBLISH",
    message: `${hostOf(registry)}/team/x is not a registry: its answer is not a JSON object.`,
    fix: expect.stringContaining("the host and its port"),
  });
});

it("names the token service where its answer is not a token", async () => {
  const registry = await serve((request, response) => {
    if (request.url?.startsWith("/token")) return response.end("<html>");
    const realm = `Bearer realm="http://${request.headers.host}/token"`;
    return response.writeHead(401, { "www-authenticate": realm }).end();
  });
  const asked = open(hostOf(registry)).ask({ method: "GET", path: "manifests/1", expected: [200] });
  await expect(asked).rejects.toMatchObject({
    code: "E_PUBLISH",
    message: expect.stringMatching(/is not a registry/),
  });
});

it("gives up when redirects do not end", async () => {
  const registry = await serve((request, response) => {
    response.writeHead(307, { location: request.url ?? "" }).end();
  });
  const asked = open(hostOf(registry)).ask({ method: "GET", path: "blobs/x", expected: [200] });
  await expect(asked).rejects.toMatchObject({
    code: "E_PUBLISH",
    message: expect.stringMatching(/redirects more than 5 times/),
  });
});

/** The message began with "cannot be reached", and the way out was lost. */
it("refuses to send the password without encryption, and says what allows it", async () => {
  const { host, ca } = await serveSecurely((_request, response) => {
    response.writeHead(401, { "www-authenticate": 'Bearer realm="http://tokens.example/"' }).end();
  });
  signIn(host);
  const asked = open(host, { web: openWeb({ ca }) }).ask({
    method: "GET",
    path: "manifests/1",
    expected: [200],
  });
  await expect(asked).rejects.toMatchObject({
    code: "E_PUBLISH",
    message: `${host} wants the password to be sent to tokens.example without encryption.`,
    fix: expect.stringContaining("--insecure"),
  });
});

/** Behind a proxy for TLS, a registry may give its own address with http: the password went there. */
it("does not leave TLS, not even for the same host", async () => {
  const asked: string[] = [];
  const { host, ca } = await serveSecurely((request, response) => {
    asked.push(`${request.method} ${request.headers.authorization}`);
    if (request.headers.authorization === undefined) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end();
    } else response.writeHead(202, { location: `http://${host}/v2/team/x/blobs/uploads/1` }).end();
  });
  signIn(host);
  const client = open(host, { web: openWeb({ ca }) });
  const { headers } = await client.ask({ method: "POST", path: "blobs/uploads/", expected: [202] });
  const path = `${headers.location}`;
  const sent = client.ask({ method: "PUT", path, body: Buffer.from("x"), expected: [201] });
  await expect(sent).rejects.toMatchObject({
    code: "E_PUBLISH",
    message: expect.stringContaining("without encryption"),
    fix: expect.stringContaining("--insecure"),
  });
  expect(asked).toHaveLength(2);
});

it("does not take an answer without end into memory", async () => {
  const registry = await serve((_request, response) => {
    const more = () => {
      while (response.write(Buffer.alloc(1_000_000)));
    };
    response.on("drain", more);
    more();
  });
  const asked = open(hostOf(registry)).ask({ method: "GET", path: "manifests/1", expected: [200] });
  await expect(asked).rejects.toMatchObject({
    code: "E_PUBLISH",
    message: expect.stringMatching(/longer than/),
  });
});

/** A proxy was not asked: a push from behind one ended after skopeo's part, which reads the variables by itself. */
it("asks through the proxy of the environment", async () => {
  const { origin, ca } = await serveSecurely((_request, response) => response.end("{}"), ["registry.test"]);
  const proxy = await openProxy(origin);
  vi.stubEnv("HTTPS_PROXY", proxy.address);
  onTestFinished(() => void vi.unstubAllEnvs());
  const client = open("registry.test", { web: openWeb({ ca }) });
  const { body } = await client.ask({ method: "GET", path: "manifests/1", expected: [200] });
  expect(body.toString()).toBe("{}");
  expect(proxy.asked).toEqual(["CONNECT registry.test:443"]);
});
