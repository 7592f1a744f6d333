import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished } from "vitest";
import { detectEngine, type Engine } from "../../src/engine/detect.ts";
import { type Image, readImage } from "../../src/engine/image.ts";
import { findImage, pullImage } from "../../src/oci/pull.ts";
import { pushImage } from "../../src/oci/push.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { busyboxLayer } from "../engine/helpers/busybox.ts";
import { makeLayout } from "../engine/helpers/layout.ts";
import { freePort } from "../helpers/free-port.ts";
import { type OwnRegistry, startRegistry } from "../helpers/registry.ts";

const WORKSPACE = `test-push-${process.pid}`;

let engine: Engine;
let registry: OwnRegistry;
const folders: string[] = [];

beforeAll(async () => {
  [engine, registry] = await Promise.all([detectEngine(), startRegistry()]);
});

afterAll(async () => {
  await registry.stop();
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
});

afterEach(async () => {
  const ids = await engine.run([
    "image",
    "ls",
    "--quiet",
    "--no-trunc",
    ...["--filter", `label=io.kasmix.workspace=${WORKSPACE}`],
  ]);
  for (const id of new Set(ids.split("\n").filter(Boolean)))
    await engine.attempt(["image", "rm", "--force", id]);
});

/** An image of busybox and a file on top. */
async function imageWith(top: string): Promise<Image> {
  const layers = [await busyboxLayer(), [{ name: "top", content: top }]];
  const config = { Cmd: ["/bin/sh", "-c", "cat /top"], Labels: { "io.kasmix.workspace": WORKSPACE } };
  const folder = await makeLayout({ name: `kasmix/${WORKSPACE}`, layers, config });
  folders.push(folder);
  return readImage(folder);
}

/** Blobs whose upload the registry has finished so far. */
const uploads = () => registry.log().match(/"PUT \/v2\/\S*\/blobs\/uploads\/\S* HTTP\S*" 201/g)?.length ?? 0;

it("a pushed image is pulled by tag and by digest, and runs", async () => {
  const to = parseReference(`${registry.host}/team/first:1.0`);
  const { reference, digest } = await pushImage(await imageWith("hello"), to);
  expect(reference).toBe(`${registry.host}/team/first:1.0`);
  expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  const pulled = await pullImage(engine, WORKSPACE, to);
  expect(pulled.image).toBe(`kasmix/${WORKSPACE}:latest`);
  expect(await engine.run(["run", "--rm", "--network=none", pulled.image])).toBe("hello");
  await engine.run(["pull", "--quiet", `${registry.host}/team/first@${digest}`]);
  expect((await findImage(engine, WORKSPACE, `${registry.host}/team/first@${digest}`)).digest).toBe(
    pulled.digest,
  );
});

it("a second push sends nothing, and a changed image only its changed layer and configuration", async () => {
  const to = parseReference(`${registry.host}/team/second:1.0`);
  const first = await pushImage(await imageWith("one"), to);
  const before = uploads();
  expect(before).toBeGreaterThan(0);
  expect(await pushImage(await imageWith("one"), to)).toEqual(first);
  expect(uploads() - before).toBe(0);
  expect((await pushImage(await imageWith("two"), to)).digest).not.toBe(first.digest);
  expect(uploads() - before).toBe(2);
});

it("an unreachable registry and one that asks for a password are errors that say what to do", async () => {
  const image = await imageWith("x");
  const nobody = pushImage(image, parseReference(`127.0.0.1:${await freePort()}/team/x`));
  await expect(nobody).rejects.toMatchObject({
    code: "E_PUBLISH",
    message: expect.stringContaining("connection refused"),
    fix: expect.stringContaining("whether the registry runs"),
  });
  const locked = await startLocked();
  const refused = { code: "E_PUBLISH", fix: expect.stringMatching(/skopeo login|docker login|podman login/) };
  await expect(pushImage(image, parseReference(`${locked.host}/team/x`))).rejects.toMatchObject(refused);
  await expect(pullImage(engine, WORKSPACE, parseReference(`${locked.host}/team/x`))).rejects.toMatchObject(
    refused,
  );
});

it("reads the credentials from the usual file", async () => {
  const locked = await startLocked();
  const file = path.join(locked.folder, "auth.json");
  const auth = Buffer.from("kasmix:correct").toString("base64");
  await writeFile(file, JSON.stringify({ auths: { [locked.host]: { auth } } }));
  process.env.REGISTRY_AUTH_FILE = file;
  onTestFinished(() => {
    delete process.env.REGISTRY_AUTH_FILE;
  });
  const { digest } = await pushImage(await imageWith("x"), parseReference(`${locked.host}/team/x`));
  expect(digest).toMatch(/^sha256:/);
});

it("another workspace's image and a missing one are errors", async () => {
  const to = parseReference(`${registry.host}/team/other:1.0`);
  await pushImage(await imageWith("other"), to);
  await expect(pullImage(engine, "void", to)).rejects.toMatchObject({
    code: "E_ENGINE",
    message: expect.stringContaining(`belongs to the workspace ${WORKSPACE}, not void`),
  });
  const missing = parseReference(`${registry.host}/team/other:2.0`);
  await expect(pullImage(engine, WORKSPACE, missing)).rejects.toMatchObject({ code: "E_PUBLISH" });
  await expect(findImage(engine, WORKSPACE, "kasmix/nowhere:latest")).rejects.toMatchObject({
    code: "E_ENGINE",
  });
});

/** A registry with the user `kasmix` and the password `correct`. */
async function startLocked(): Promise<OwnRegistry> {
  const folder = await mkdtemp(path.join(tmpdir(), "kasmix-htpasswd-"));
  folders.push(folder);
  const htpasswd = path.join(folder, "htpasswd");
  // Bcrypt by crypt(3), the only kind that it reads.
  await writeFile(htpasswd, "kasmix:$2b$05$abcdefghijklmnopqrstuuSSgfZSwfwKPbBZRnD5O0VgRw2zVgiZC\n");
  const locked = await startRegistry({ htpasswd });
  onTestFinished(() => locked.stop());
  return locked;
}
