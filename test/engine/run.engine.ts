import { existsSync } from "node:fs";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished } from "vitest";
import {
  containerLog,
  containerPassword,
  containerStatus,
  removeContainer,
} from "../../src/engine/container.ts";
import { detectEngine, type Engine } from "../../src/engine/detect.ts";
import { readExtras } from "../../src/engine/extras.ts";
import { readImage, tagsOf } from "../../src/engine/image.ts";
import { loadImage } from "../../src/engine/load.ts";
import { runContainer } from "../../src/engine/run.ts";
import { containerName, type RunSettings, volumeName } from "../../src/engine/settings.ts";
import { eventually } from "../helpers/eventually.ts";
import { freePort } from "../helpers/free-port.ts";
import { makeDevice } from "../helpers/gpu.ts";
import { busyboxLayer } from "./helpers/busybox.ts";
import { makeLayout } from "./helpers/layout.ts";

const WORKSPACE = `test-run-${process.pid}`;
const [PORT, OTHER_PORT] = [await freePort(), await freePort()];

let engine: Engine;
let first: RunSettings;
let second: RunSettings;
let broken: RunSettings;
const layouts: string[] = [];

beforeAll(async () => {
  engine = await detectEngine();
  first = await loadSettings([
    "/bin/sh",
    "-c",
    "echo started; trap 'exit 0' TERM; while :; do sleep 1 & wait; done",
  ]);
  second = await loadSettings(["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 2 & wait; done"]);
  broken = await loadSettings(["/no/such/program"]);
});

afterEach(() => removeContainer(engine, WORKSPACE, true));

afterAll(async () => {
  const tags = [first, second, broken].map(({ image }) => image);
  await engine.attempt(["image", "rm", "--force", ...tags, `kasmix/${WORKSPACE}:latest`]);
  await Promise.all(layouts.map((layout) => rm(layout, { recursive: true })));
});

/** Loads a small image with this command, and returns the settings to run it. */
async function loadSettings(command: readonly string[]): Promise<RunSettings> {
  const layers = [await busyboxLayer()];
  const layout = await makeLayout({ name: `kasmix/${WORKSPACE}`, layers, config: { Cmd: command } });
  layouts.push(layout);
  const image = await readImage(layout);
  const { id } = await loadImage(engine, image);
  const resources = { memory: "64MiB", cpus: 0.5, sharedMemory: "64MiB", pidsLimit: 100 };
  const address = { port: PORT, bind: "127.0.0.1" };
  const password = "not on a command line";
  const common = { workspace: WORKSPACE, volumes: [], password, ...resources, ...address };
  return { ...common, image: tagsOf(image)[1], digest: image.digest, id };
}

async function idOf(name: string): Promise<string> {
  return (await engine.attempt(["container", "inspect", "--format", "{{.Id}}", name])).stdout.trim();
}

const run = (settings: RunSettings) => runContainer(engine, settings);
const exec = (script: string): Promise<string> =>
  engine.run(["exec", containerName(WORKSPACE), "/bin/sh", "-c", script]);

it("starts a container, and does not touch it when nothing has changed", async () => {
  expect(await run(first)).toEqual({ action: "started", container: containerName(WORKSPACE) });
  const id = await idOf(containerName(WORKSPACE));
  expect(await run(first)).toMatchObject({ action: "unchanged" });
  expect(await idOf(containerName(WORKSPACE))).toBe(id);
  expect(await containerStatus(engine, WORKSPACE)).toMatchObject({
    state: "running",
    digest: first.digest,
    url: `https://localhost:${PORT}/`,
    port: PORT,
    restarts: 0,
  });
  await eventually(async () => expect(await containerLog(engine, WORKSPACE, 5)).toEqual(["started"]));
});

it("passes the password in the environment", async () => {
  await run(first);
  expect(await containerPassword(engine, WORKSPACE)).toBe(first.password);
  expect(await exec("echo $VNC_PW")).toBe(first.password);
});

// They had to be set up by hand with `docker run`: viewers, a certificate, side ports.
it("gives the container further variables, volumes, ports and devices, and another one when they change", async () => {
  const flags = {
    env: ["VIEWERS=a b\nc", "HOME=/h"],
    publish: [`${OTHER_PORT}:4902`],
    device: ["/dev/null:/dev/nil"],
  };
  const none = { "env-file": [], volume: [], gpu: [] };
  const extrasOf = (more: object) =>
    readExtras({ ...none, ...flags, ...more }, { ...first, variables: { TZ: "" } });
  const extras = extrasOf({
    volume: ["/proc/version:/etc/kasmix/version:ro", `${WORKSPACE}-more:/srv/more`],
  });
  try {
    expect(await run({ ...first, extras })).toMatchObject({ action: "started" });
    expect(
      await exec('echo "$VIEWERS $HOME"; while read -r word _; do echo $word; done < /etc/kasmix/version'),
    ).toBe("a b\nc /h\nLinux");
    expect(await exec("echo x > /dev/nil && echo y > /srv/more/y && echo fine")).toBe("fine");
    expect(await engine.run(["port", containerName(WORKSPACE)])).toContain(`127.0.0.1:${OTHER_PORT}`);
    expect(await run({ ...first, extras })).toMatchObject({ action: "unchanged" });
    expect(await run({ ...first, extras: extrasOf({}) })).toMatchObject({ action: "upgraded" });
  } finally {
    await removeContainer(engine, WORKSPACE, true);
    await engine.attempt(["volume", "rm", `${WORKSPACE}-more`]);
  }
});

// Without capabilities even root may open only the devices that its groups may open.
it("lets the container's user open a device that belongs to a group", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kasmix-device-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const node = join(folder, "renderD128");
  makeDevice(node, 4242);
  await chown(node, 4711, 4242);
  const flags = { env: [], "env-file": [], volume: [], publish: [], gpu: [] };
  const device = [`${node}:/dev/dri/renderD128`];
  const extras = readExtras({ ...flags, device }, { ...first, variables: { TZ: "" } });
  await run({ ...first, extras: { ...extras, groups: [] } });
  await expect(exec("echo x <>/dev/dri/renderD128")).rejects.toThrow();
  await run({ ...first, extras });
  expect(await exec("echo open <>/dev/dri/renderD128")).toBe("open");
});

it.skipIf(existsSync("/dev/nvidiactl"))("says what is missing for NVIDIA's GPUs", async () => {
  const extras = {
    ...{ environment: {}, volumes: [], publish: [], devices: [], groups: [] },
    nvidia: ["all"],
  };
  await expect(run({ ...first, extras })).rejects.toMatchObject({
    code: "E_ENGINE",
    message: expect.stringMatching(/^The engine cannot give NVIDIA's GPU: ./),
    fix: expect.stringContaining("container toolkit"),
  });
});

it("says which of the ports is taken", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(OTHER_PORT, "127.0.0.1", resolve));
  const extras = {
    ...{ environment: {}, volumes: [], devices: [], nvidia: [], groups: [] },
    publish: [`127.0.0.1:${OTHER_PORT}:4902/tcp`],
  };
  try {
    await expect(run({ ...first, extras })).rejects.toMatchObject({
      code: "E_ENGINE",
      message: expect.stringContaining(`--publish 127.0.0.1:${OTHER_PORT}:4902/tcp is taken`),
    });
  } finally {
    server.close();
  }
});

it("runs without capabilities, and with the limits of the workspace", async () => {
  await run(first);
  expect(
    await exec("while read k v; do case $k in CapBnd:|NoNewPrivs:) echo $v;; esac; done < /proc/self/status"),
  ).toBe("0000000000000000\n1");
  const limits = await engine.run([
    ...["container", "inspect", containerName(WORKSPACE)],
    ...[
      "--format",
      "{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{.HostConfig.ShmSize}} {{.HostConfig.PidsLimit}}",
    ],
  ]);
  expect(limits.trim()).toBe("67108864 500000000 67108864 100");
});

it("starts again a container that was stopped", async () => {
  await run(first);
  await engine.run(["stop", containerName(WORKSPACE)]);
  expect(await containerStatus(engine, WORKSPACE)).toMatchObject({ state: "stopped" });
  expect(await run(first)).toMatchObject({ action: "started" });
  expect(await containerStatus(engine, WORKSPACE)).toMatchObject({ state: "running" });
});

it("upgrades to another image or other settings while the home stays", async () => {
  await run(first);
  await exec("echo mine > /home/kasm-user/note");
  expect(await run(second)).toMatchObject({ action: "upgraded" });
  expect(await exec("while read line; do echo $line; done < /home/kasm-user/note")).toBe("mine");
  expect(await run({ ...second, password: "another" })).toMatchObject({ action: "upgraded" });
  expect(await containerPassword(engine, WORKSPACE)).toBe("another");
  expect(await run({ ...second, password: "another", port: OTHER_PORT })).toMatchObject({
    action: "upgraded",
  });
  expect(await containerStatus(engine, WORKSPACE)).toMatchObject({ port: OTHER_PORT, digest: second.digest });
});

it("brings the old container back when the new one does not start", async () => {
  await run(first);
  const id = await idOf(containerName(WORKSPACE));
  await expect(run(broken)).rejects.toMatchObject({ code: "E_ENGINE" });
  expect(await idOf(containerName(WORKSPACE))).toBe(id);
  expect(await containerStatus(engine, WORKSPACE)).toMatchObject({ state: "running", digest: first.digest });
});

it("does not touch the running container when the new one cannot be created", async () => {
  await run(first);
  const { startedAt } = await containerStatus(engine, WORKSPACE);
  const missing = { ...second, image: "kasmix/nowhere:latest", id: "sha256:1" };
  await expect(run(missing)).rejects.toMatchObject({ message: expect.stringContaining("is not loaded") });
  expect(await containerStatus(engine, WORKSPACE)).toMatchObject({ state: "running", startedAt });
});

it("leaves no container when the first one does not start", async () => {
  await expect(run(broken)).rejects.toMatchObject({ code: "E_ENGINE" });
  expect(await containerStatus(engine, WORKSPACE)).toMatchObject({ state: "absent" });
});

it("recovers from an upgrade that was killed after the old container was put aside", async () => {
  await run(first);
  const name = containerName(WORKSPACE);
  const id = await idOf(name);
  await engine.run(["rename", name, `${name}-previous`]);
  expect(await run(first)).toMatchObject({ action: "unchanged" });
  expect(await idOf(name)).toBe(id);
});

it("recovers from an upgrade that was killed before the old container was stopped: it stays", async () => {
  await run(first);
  const name = containerName(WORKSPACE);
  const id = await idOf(name);
  await engine.run(["rename", name, `${name}-previous`]);
  await engine.run(["create", "--name", name, second.image]);
  expect(await run(first)).toMatchObject({ action: "unchanged" });
  expect(await idOf(name)).toBe(id);
  expect(await idOf(`${name}-previous`)).toBe("");
});

it("knows an image under its other names: a session goes on", async () => {
  await run(first);
  const tag = `kasmix/${WORKSPACE}:other`;
  await engine.run(["tag", first.image, tag]);
  expect(await run({ ...first, image: tag, digest: first.id })).toMatchObject({ action: "unchanged" });
  await engine.run(["image", "rm", tag]);
});

it("refuses a port that another program uses, and changes nothing", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(PORT, "127.0.0.1", resolve));
  try {
    const taken = { code: "E_ENGINE", message: expect.stringContaining(`Port ${PORT} is taken`) };
    await expect(run(first)).rejects.toMatchObject(taken);
    expect(await containerStatus(engine, WORKSPACE)).toMatchObject({ state: "absent" });
  } finally {
    server.close();
  }
});

it("names the container that holds the port", async () => {
  const other = `kasmix-${WORKSPACE}-other`;
  const publish = `127.0.0.1:${PORT}:6901`;
  const options = ["--name", other, "--publish", publish, ...engine.createOptions];
  await engine.run(["run", "--detach", ...options, first.image]);
  try {
    await expect(run(first)).rejects.toThrow(`by the container ${other}`);
  } finally {
    await engine.run(["rm", "--force", other]);
  }
});

it("says what to do when the image is not loaded", async () => {
  const missing = { ...first, image: `kasmix/${WORKSPACE}:000000000000` };
  await expect(run(missing)).rejects.toMatchObject({ code: "E_ENGINE" });
});

it("removes the container and keeps the home, unless volumes are removed too", async () => {
  const settings = { ...first, volumes: [{ name: "my-data", path: "/data" }] };
  await run(settings);
  expect(await removeContainer(engine, WORKSPACE, false)).toEqual({ container: true, volumes: [] });
  expect((await engine.attempt(["volume", "inspect", volumeName(WORKSPACE)])).ok).toBe(true);
  const removed = await removeContainer(engine, WORKSPACE, true);
  expect(removed.container).toBe(false);
  expect([...removed.volumes].sort()).toEqual(
    [volumeName(WORKSPACE), volumeName(WORKSPACE, "my-data")].sort(),
  );
  expect(await removeContainer(engine, WORKSPACE, true)).toEqual({ container: false, volumes: [] });
});
