import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { renderOffPicture } from "../../../src/runtime/camera/off-picture.ts";
import { openCamera } from "../../../src/runtime/camera/open.ts";
import { cameraSocket } from "../../../src/runtime/devices/environment.ts";
import { sidePorts } from "../../../src/runtime/side/ports.ts";
import { CAMERA } from "../../../src/wire/camera.ts";
import { TAKEN_OVER } from "../../../src/wire/microphone.ts";
import { openCameraProgram } from "../../helpers/camera-program.ts";
import { eventually } from "../../helpers/eventually.ts";
import { closed, type Harness, OWNER, openHarness, refused, VIEWER } from "../gateway/harness.ts";
import { memoryLog } from "../memory-log.ts";

let h: Harness;
let directories: { home: string; runtime: string };
let logged: ReturnType<typeof memoryLog>;

beforeEach(async () => {
  logged = memoryLog();
  const runtime = mkdtempSync(join(tmpdir(), "kasmix-camera-"));
  directories = { home: runtime, runtime };
  const ports = sidePorts({}, logged.log);
  h = await openHarness({}, [openCamera({ environment: {}, directories, ports, log: logged.log })]);
});

afterEach(() => {
  h.close();
  rmSync(directories.runtime, { recursive: true, force: true });
});

/** A page that shows a camera, and how many pictures it was asked for each time. */
async function visit() {
  const socket = h.open({ authorization: OWNER }, "/camera");
  const asked: number[] = [];
  socket.on("message", (data: Buffer) => asked.push(JSON.parse(data.toString()).wanted));
  await eventually(() => expect(asked.length).toBeGreaterThan(0));
  return { socket, asked };
}

/** A program that gives out so many buffers. */
async function look(wishes: number) {
  const program = await openCameraProgram(cameraSocket(directories));
  onTestFinished(program.close);
  program.wish(wishes);
  return program;
}

const picture = (mark: number) => Buffer.of(0xff, 0xd8, 0xff, mark, 0xff, 0xd9);
const total = (asked: number[]) => asked.reduce((sum, more) => sum + more, 0);

describe("pages", () => {
  test("must be the owner's", async () => {
    expect(await refused(h.open({ authorization: VIEWER }, "/camera"))).toBe(403);
    expect(await refused(h.open({}, "/camera"))).toBe(401);
    const told = async (authorization: string) =>
      JSON.parse((await h.fetch("/api/services", { authorization })).body.toString());
    expect(await told(VIEWER)).toEqual({});
    expect(await told(OWNER)).toEqual({ camera: { version: 1, width: 640, height: 480, rate: 30 } });
  });

  test("are asked for pictures only while a program looks, and for a few at a time", async () => {
    const page = await visit();
    expect(page.asked).toEqual([0]);
    const program = await look(1);
    await eventually(() => expect(page.asked).toEqual([0, 3]));
    page.socket.send(picture(1));
    await eventually(() => expect(total(page.asked)).toBe(4));
    await eventually(() => expect(program.pictures()).toHaveLength(1));
  });

  test("show nothing that nobody asked for", async () => {
    const page = await visit();
    page.socket.send(picture(9));
    // The answer comes after the picture has been read.
    page.socket.ping();
    await once(page.socket, "pong");
    const program = await look(1);
    await eventually(() => expect(program.pictures()).toEqual([renderOffPicture()]));
  });

  test("give way to the newest", async () => {
    const [former, program] = [await visit(), await look(1)];
    const code = closed(former.socket);
    const latter = await visit();
    expect(await code).toBe(TAKEN_OVER);
    await eventually(() => expect(total(latter.asked)).toBe(3));
    latter.socket.send(picture(7));
    await eventually(() => expect(total(latter.asked)).toBe(4));
    program.wish(1);
    await eventually(() => expect(program.pictures().at(-1)).toEqual(picture(7)));
  });

  test.each([
    ["text instead of a picture", "hello"],
    ["not a JPEG picture", Buffer.from("GIF89a")],
    ["a picture that is too long", Buffer.concat([picture(1), Buffer.alloc(CAMERA.longest)])],
  ])("are closed for %s", async (_, message) => {
    const { socket } = await visit();
    const end = closed(socket);
    socket.send(message);
    expect([1008, 1009]).toContain(await end);
  });
});

describe("programs", () => {
  test("see that the camera is off until it is on, and when its page is gone", async () => {
    const off = renderOffPicture();
    const program = await look(1);
    await eventually(() => expect(program.pictures()).toEqual([off]));
    const page = await visit();
    await eventually(() => expect(total(page.asked)).toBe(3));
    page.socket.send(picture(1));
    program.wish(1);
    await eventually(() => expect(program.pictures().at(-1)).toEqual(picture(1)));
    page.socket.close();
    await eventually(() => {
      program.wish(1);
      expect(program.pictures().at(-1)).toEqual(off);
    });
    expect(logged.events("camera.on")).toHaveLength(1);
    expect(logged.events("camera.off")).toMatchObject([{ pictures: 1 }]);
  });

  test("get a picture again when no newer one comes, and none without a wish", async () => {
    const program = await look(3);
    await eventually(() => expect(program.pictures()).toHaveLength(3));
    const other = await look(1);
    await eventually(() => expect(other.pictures()).toHaveLength(1));
    expect(program.pictures()).toHaveLength(3);
  });
});
