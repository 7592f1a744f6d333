import { existsSync, readdirSync, statSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { readImage } from "../../src/engine/image.ts";
import { type Attachment, digestOf, MANIFEST, referrersTag } from "../../src/oci/artifact.ts";
import { attach, readReferrers } from "../../src/oci/attach.ts";
import { type ClientOptions, openRegistry, type RegistryClient } from "../../src/oci/client.ts";
import { pushImage } from "../../src/oci/push.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { makeLayout } from "../engine/helpers/layout.ts";
import { layCable } from "../helpers/cable.ts";
import { freePort } from "../helpers/free-port.ts";
import { type OwnRegistry, startRegistry } from "../helpers/registry.ts";

const ATTESTATIONS: readonly Attachment[] = [
  { mediaType: "application/vnd.cyclonedx+json", content: Buffer.from('{"bomFormat":"CycloneDX"}\n') },
  {
    mediaType: "application/vnd.in-toto+json",
    content: Buffer.from('{"_type":"statement"}\n'),
    annotations: { "in-toto.io/predicate-type": "https://slsa.dev/provenance/v1" },
  },
];

let registry: OwnRegistry;
const folders: string[] = [];

beforeAll(async () => {
  registry = await startRegistry();
});

afterAll(async () => {
  await registry.stop();
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

function open(host: string, repository: string, options: Partial<ClientOptions> = {}): RegistryClient {
  return openRegistry({ registry: host, repository, insecure: true, delay: 10, ...options });
}

async function pushed(
  host: string,
  repository: string,
  layers = [[{ name: "top", content: repository }]],
): Promise<string> {
  const folder = await makeLayout({ name: "kasmix/attach", layers });
  folders.push(folder);
  const { digest } = await pushImage(await readImage(folder), parseReference(`${host}/${repository}:1.0`));
  return digest;
}

/** What the registry gives for each referrer: its type, and the content that the manifest names. */
async function fetched(client: RegistryClient, digest: string) {
  const referrers = await readReferrers(client, digest);
  return Promise.all(
    referrers.map(async (referrer) => {
      const headers = { accept: MANIFEST };
      const manifests = `manifests/${referrer.digest}`;
      const { body } = await client.ask({ method: "GET", path: manifests, headers, expected: [200] });
      expect(digestOf(body)).toBe(referrer.digest);
      const manifest = JSON.parse(body.toString("utf8"));
      expect(manifest.subject.digest).toBe(digest);
      const blob = `blobs/${manifest.layers[0].digest}`;
      const { body: content } = await client.ask({ method: "GET", path: blob, expected: [200] });
      return { mediaType: referrer.artifactType, content: content.toString("utf8") };
    }),
  );
}

const WANTED = ATTESTATIONS.map(({ mediaType, content }) => ({
  mediaType,
  content: content.toString("utf8"),
}));

it("attestations come back equal, by the tag of a registry without referrers", async () => {
  const digest = await pushed(registry.host, "team/attested");
  const client = open(registry.host, "team/attested");
  const first = await attach(client, digest, ATTESTATIONS);
  expect(first.tag).toBe(referrersTag(digest));
  expect(await fetched(client, digest)).toEqual(WANTED);
  // Once more: nothing is there twice.
  expect(await attach(client, digest, ATTESTATIONS)).toEqual(first);
  expect(await fetched(client, digest)).toEqual(WANTED);
});

it("keeps documents that others have attached", async () => {
  const digest = await pushed(registry.host, "team/others");
  const client = open(registry.host, "team/others");
  const other = { mediaType: "text/plain", content: Buffer.from("theirs") };
  await attach(client, digest, [other]);
  await attach(client, digest, ATTESTATIONS);
  expect(await fetched(client, digest)).toEqual([{ mediaType: "text/plain", content: "theirs" }, ...WANTED]);
});

it("takes the password from the usual file, and says what to do where there is none", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "kasmix-attach-"));
  folders.push(folder);
  const htpasswd = path.join(folder, "htpasswd");
  await writeFile(htpasswd, "kasmix:$2b$05$abcdefghijklmnopqrstuuSSgfZSwfwKPbBZRnD5O0VgRw2zVgiZC\n");
  const locked = await startRegistry({ htpasswd });
  onTestFinished(() => locked.stop());
  const file = path.join(folder, "auth.json");
  process.env.REGISTRY_AUTH_FILE = file;
  onTestFinished(() => {
    delete process.env.REGISTRY_AUTH_FILE;
  });
  const none = attach(open(locked.host, "team/x"), digestOf(Buffer.from("x")), ATTESTATIONS);
  await expect(none).rejects.toMatchObject({
    code: "E_PUBLISH",
    fix: expect.stringContaining("skopeo login"),
  });
  const auth = Buffer.from("kasmix:correct").toString("base64");
  await writeFile(file, JSON.stringify({ auths: { [locked.host]: { auth } } }));
  const digest = await pushed(locked.host, "team/x");
  const client = open(locked.host, "team/x");
  await attach(client, digest, ATTESTATIONS);
  expect(await fetched(client, digest)).toEqual(WANTED);
});

it("reports a registry that does not answer, and a missing image", async () => {
  const nobody = attach(open(`127.0.0.1:${await freePort()}`, "x"), digestOf(Buffer.from("x")), ATTESTATIONS);
  await expect(nobody).rejects.toMatchObject({
    code: "E_PUBLISH",
    message: expect.stringMatching(/cannot be reached/),
  });
  const missing = attach(open(registry.host, "team/none"), digestOf(Buffer.from("x")), ATTESTATIONS);
  await expect(missing).rejects.toMatchObject({
    code: "E_PUBLISH",
    message: expect.stringMatching(/answers 404 \(MANIFEST_UNKNOWN|NAME_UNKNOWN/),
  });
});

it("a registry that keeps referrers gets no tag, and one that wants a token gets it", async () => {
  const host = await startModern();
  const content = Buffer.from('{"schemaVersion":2}');
  const digest = digestOf(content);
  const client = open(host, "team/modern");
  const path = `manifests/${digest}`;
  const headers = { "content-type": MANIFEST };
  await client.ask({ method: "PUT", path, headers, body: content, expected: [201] });
  expect((await attach(client, digest, ATTESTATIONS)).tag).toBeUndefined();
  expect(await fetched(client, digest)).toEqual(WANTED);
});

it("an upload whose connection breaks is tried again and sends only what is missing", async () => {
  const port = Number(registry.host.split(":")[1]);
  const cable = await layCable(port);
  onTestFinished(() => cable.remove());
  const host = `127.0.0.1:${new URL(cable.url).port}`;
  // Noise, which no compression makes smaller: the small layer is there while the large one is on its way.
  const layers = [20_000, 40_000_000].map((size, index) => [
    { name: `noise-${index}`, content: noise(index + 1, size) },
  ]);
  const folder = await makeLayout({ name: "kasmix/attach", layers });
  folders.push(folder);
  const before = finished().length;
  let broken = 0;
  const watch = setInterval(() => {
    // As soon as one layer is there for good, and the other in part.
    if (broken > 0 || finished().length === before || !isArriving("team/broken")) return;
    broken = finished().length - before;
    cable.tear();
    cable.mend();
  }, 1);
  onTestFinished(() => clearInterval(watch));
  const to = parseReference(`${host}/team/broken:1.0`);
  const said: string[] = [];
  const { digest } = await pushImage(await readImage(folder), to, { onLine: (line) => said.push(line) });
  expect(broken).toBe(1);
  expect(said.join("\n")).toMatch(/retrying in/i);
  // Two layers and the configuration: the one that had arrived was not sent once more.
  expect(finished().slice(before)).toHaveLength(3);
  expect(new Set(finished().slice(before)).size).toBe(3);
  const answer = await open(registry.host, "team/broken").ask({
    ...{ method: "GET", path: `manifests/${digest}`, headers: { accept: MANIFEST }, expected: [200] },
  });
  expect(digestOf(answer.body)).toBe(digest);
});

it("the attestations' upload also survives a broken connection", async () => {
  const digest = await pushed(registry.host, "team/mended");
  const cable = await layCable(Number(registry.host.split(":")[1]));
  onTestFinished(() => cable.remove());
  cable.tear();
  const client = open(`127.0.0.1:${new URL(cable.url).port}`, "team/mended", { delay: 200 });
  const attached = attach(client, digest, ATTESTATIONS);
  cable.mend();
  await attached;
  expect(await fetched(open(registry.host, "team/mended"), digest)).toEqual(WANTED);
});

/** Digests of the blobs whose upload the registry has finished so far. */
function finished(): string[] {
  const lines = registry
    .log()
    .matchAll(/"PUT \/v2\/\S*\/blobs\/uploads\/\S*digest=(\S*?)[& ]\S* ?HTTP\S*" 201/g);
  return [...lines].map(([, digest = ""]) => digest);
}

/** Whether the registry has begun to write a large blob. */
function isArriving(repository: string): boolean {
  const uploads = path.join(registry.folder, "data/docker/registry/v2/repositories", repository, "_uploads");
  if (!existsSync(uploads)) return false;
  const files = readdirSync(uploads).map((upload) => path.join(uploads, upload, "data"));
  return files.some((file) => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 1_000_000);
}

/** Bytes that look random and are the same each time. */
function noise(seed: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let at = 0; at + 4 <= length; at += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes.writeUInt32LE((state ^ (state >>> 15)) >>> 0, at);
  }
  return bytes;
}

/** A registry in memory that keeps referrers and lets in whoever brings its token: Debian's does neither. */
async function startModern(): Promise<string> {
  const contents = new Map<string, Buffer>();
  const referrers: unknown[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? "", "http://registry");
    const body = await buffer(request);
    const key = url.pathname.split("/").at(-1) ?? "";
    const end = (status: number, headers: Record<string, string> = {}, content?: Buffer) =>
      response.writeHead(status, headers).end(content);
    if (url.pathname === "/token") return end(200, {}, Buffer.from('{"token":"secret"}'));
    if (request.headers.authorization !== "Bearer secret") {
      const realm = `Bearer realm="http://${request.headers.host}/token",service="own"`;
      return end(401, { "www-authenticate": realm });
    }
    if (request.method === "POST") return end(202, { location: "/v2/team/modern/blobs/uploads/1?state=a" });
    if (request.method === "PUT" && url.pathname.includes("/manifests/")) {
      contents.set(key, body);
      const { subject, artifactType } = JSON.parse(body.toString("utf8"));
      if (subject) referrers.push({ mediaType: MANIFEST, digest: key, size: body.length, artifactType });
      return end(201, subject ? { "oci-subject": subject.digest } : {});
    }
    if (request.method === "PUT") {
      contents.set(url.searchParams.get("digest") ?? "", body);
      return end(201);
    }
    if (url.pathname.includes("/referrers/"))
      return end(200, {}, Buffer.from(JSON.stringify({ manifests: referrers })));
    const content = contents.get(key);
    return content ? end(200, { "content-type": MANIFEST }, content) : end(404);
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
}
