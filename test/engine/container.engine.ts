import { rm } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  containerStatus,
  containerStatuses,
  orderContainer,
  removeContainer,
  requireContainer,
  requireRunning,
} from "../../src/engine/container.ts";
import { askControl, followControl } from "../../src/engine/control.ts";
import { detectEngine, type Engine } from "../../src/engine/detect.ts";
import { readImage, tagsOf } from "../../src/engine/image.ts";
import { loadImage } from "../../src/engine/load.ts";
import { runContainer } from "../../src/engine/run.ts";
import { freePort } from "../helpers/free-port.ts";
import { busyboxLayer } from "./helpers/busybox.ts";
import { makeLayout } from "./helpers/layout.ts";

const WORKSPACE = `test-order-${process.pid}`;
const TARGET = { workspace: WORKSPACE, container: `kasmix-${WORKSPACE}` };
const COMMAND = ["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1 & wait; done"];

let engine: Engine;
let layout: string;
let image: string;

/** A container of an image without kasmixctl. */
beforeAll(async () => {
  engine = await detectEngine();
  const layers = [await busyboxLayer()];
  layout = await makeLayout({ name: `kasmix/${WORKSPACE}`, layers, config: { Cmd: COMMAND } });
  const loaded = await readImage(layout);
  await loadImage(engine, loaded);
  image = tagsOf(loaded)[1];
});

afterAll(async () => {
  await removeContainer(engine, WORKSPACE, true);
  await engine.attempt(["image", "rm", "--force", image, `kasmix/${WORKSPACE}:latest`]);
  await rm(layout, { recursive: true });
});

it("a missing container is an error, with the command that creates one", async () => {
  const refused = { code: "E_ENGINE", fix: `Start it: ./kasmix up ${WORKSPACE}` };
  await expect(requireContainer(engine, WORKSPACE)).rejects.toMatchObject(refused);
  await expect(requireRunning(engine, WORKSPACE)).rejects.toMatchObject(refused);
});

it("a container is stopped, started and restarted; an unnecessary order is not a failure", async () => {
  const address = { port: await freePort(), bind: "127.0.0.1" };
  const resources = { memory: "64MiB", cpus: 0.5, sharedMemory: "64MiB", pidsLimit: 100 };
  const others = { volumes: [], password: "x", ...address, ...resources };
  await runContainer(engine, { workspace: WORKSPACE, image, digest: "sha256:x", id: "sha256:y", ...others });
  const order = async (name: "start" | "stop" | "restart") => {
    await orderContainer(engine, name, await requireContainer(engine, WORKSPACE));
    return containerStatus(engine, WORKSPACE);
  };
  expect((await order("start")).state).toBe("running");
  const { startedAt } = await order("restart");
  expect((await order("stop")).state).toBe("stopped");
  const states = await containerStatuses(engine, ["test-missing", WORKSPACE, "test-missing-too"]);
  expect(states.map(({ state }) => state)).toEqual(["absent", "stopped", "absent"]);
  expect((await order("stop")).state).toBe("stopped");
  await expect(requireRunning(engine, WORKSPACE)).rejects.toMatchObject({
    fix: `Start it: ./kasmix start ${WORKSPACE}`,
  });
  expect(await order("start")).toMatchObject({
    state: "running",
    startedAt: expect.not.stringContaining(startedAt),
  });
});

it("for an image without kasmixctl, the error suggests the upgrade", async () => {
  const expected = { code: "E_ENGINE", fix: `Upgrade it: ./kasmix up ${WORKSPACE}` };
  await expect(askControl(engine, TARGET, ["status"])).rejects.toMatchObject(expected);
  const { signal } = new AbortController();
  await expect(followControl(engine, TARGET, ["logs"], async () => {}, signal)).rejects.toMatchObject(
    expected,
  );
});
