import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { openRecording, whyNoRecorder } from "../../../src/runtime/recording/open.ts";
import { openScreen } from "../../../src/runtime/screen/open.ts";
import { sidePorts } from "../../../src/runtime/side/ports.ts";
import type { SideService } from "../../../src/runtime/side/service.ts";
import { openSound } from "../../../src/runtime/sound/open.ts";
import type { RecordingSign, RecordingStatus } from "../../../src/wire/recording.ts";
import { eventually } from "../../helpers/eventually.ts";
import { readMovie } from "../../helpers/mp4.ts";
import { canRunX, noX, startXServer } from "../clipboard/x-server.ts";
import { type Harness, OWNER, openHarness, refused, VIEWER } from "../gateway/harness.ts";
import { memoryLog } from "../memory-log.ts";

const FIXTURES = join(import.meta.dirname, "../fixtures");
const ADDRESS = "/api/recording";

it("is not offered without a stream, and kasmixctl learns why", () => {
  const { log } = memoryLog();
  const options = { environment: {}, directories: { home: "/nowhere", runtime: "/nowhere" } };
  expect(openRecording({ ...options, ports: sidePorts({}, log), log }, {})).toBeUndefined();
  expect(whyNoRecorder({})).toContain("no video stream");
  expect(whyNoRecorder({ KASMIX_RECORDING: "0" })).toContain("KASMIX_RECORDING is 0");
});

describe.runIf(canRunX)(`recording${noX}`, () => {
  let x: Awaited<ReturnType<typeof startXServer>>;
  let h: Harness;
  let home: string;
  let encoder: string;
  let memory: ReturnType<typeof memoryLog>;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), "kasmix-encoder-"));
    mkdirSync(join(folder, "python"));
    encoder = join(folder, "screen-encoder.mjs");
    copyFileSync(join(FIXTURES, "screen-encoder.mjs"), encoder);
    x = await startXServer(() => ["-rfbport", "-1", "-noreset", "-geometry", "1280x720"]);
  });

  afterAll(async () => {
    await x.stop();
    rmSync(join(encoder, ".."), { recursive: true });
  });

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "kasmix-home-"));
  });

  afterEach(() => {
    h.close();
    rmSync(home, { recursive: true, force: true });
  });

  /** Opens the gateway with picture, sound and the recorder. */
  async function open(more: NodeJS.ProcessEnv = {}): Promise<void> {
    memory = memoryLog();
    const sound = join(FIXTURES, "sound-encoder.mjs");
    const programs = { KASMIX_SCREEN_ENCODER: encoder, KASMIX_SOUND_ENCODER: sound };
    const environment = { PATH: process.env.PATH, ...programs, DISPLAY: `:${x.number}`, ...more };
    const directories = { home, runtime: x.folder };
    const { log } = memory;
    const options = { environment, directories, ports: sidePorts({}, log), frameRate: 60, log };
    const services = [openScreen(options), { ...openSound(options), ports: [] }];
    const offers = Object.assign({}, ...services.map((service) => service?.offers));
    const all = [...services, openRecording(options, offers)];
    h = await openHarness(
      {},
      all.filter((service): service is SideService => service !== undefined),
    );
  }

  async function ask(
    method: string,
    authorization = OWNER,
  ): Promise<{ status?: number | undefined } & RecordingStatus> {
    const { status, body } = await h.fetch(ADDRESS, { authorization }, method);
    return { status, ...(status === 403 ? {} : JSON.parse(body.toString())) };
  }

  /** What a page is told, the newest last. */
  function follow(authorization: string): RecordingSign[] {
    const signs: RecordingSign[] = [];
    const client = h.open({ authorization }, ADDRESS);
    client.on("message", (data: Buffer) => signs.push(JSON.parse(data.toString())));
    onTestFinished(() => client.terminate());
    return signs;
  }

  const last = (signs: readonly RecordingSign[], expected: object) =>
    eventually(() => expect(signs.at(-1)).toMatchObject(expected));
  const films = () => readdirSync(join(home, "Downloads")).filter((name) => name.endsWith(".mp4"));
  const film = (name: string) => readMovie(readFileSync(join(home, "Downloads", name)));

  it("is the owner's, and everybody sees it, also who comes later", async () => {
    await open();
    const [owner, viewer] = [follow(OWNER), follow(VIEWER)];
    await last(viewer, { isRecording: false });
    for (const method of ["GET", "POST", "DELETE"])
      expect(await ask(method, VIEWER)).toEqual({ status: 403 });
    expect(await refused(h.open({}, ADDRESS))).toBe(401);
    expect(await ask("POST")).toMatchObject({ status: 200, isRecording: true, files: films() });
    await last(viewer, { isRecording: true });
    await last(owner, { isRecording: true, files: films() });
    await last(follow(VIEWER), { isRecording: true });
    expect(viewer.at(-1)).not.toHaveProperty("files");
    // A needless order has no effect.
    expect((await ask("POST")).files).toEqual(films());
    expect(await ask("DELETE")).toMatchObject({
      status: 200,
      isRecording: false,
      ended: "asked",
      files: films(),
    });
    expect(await ask("DELETE")).toMatchObject({ status: 200, ended: "asked" });
    for (const signs of [owner, viewer]) await last(signs, { isRecording: false });
    const [file] = films();
    expect(memory.events("recording.file")).toMatchObject([{ by: "owner", file }]);
    expect(memory.events("recording.ended")).toMatchObject([{ by: "owner", why: "asked", files: [file] }]);
  });

  it("has picture and sound of the same length, in a file that only its user may read", async () => {
    await open();
    await ask("POST");
    await eventually(async () => expect((await ask("GET")).seconds).toBeGreaterThanOrEqual(1));
    await ask("DELETE");
    const [name = ""] = films();
    expect(name).toMatch(/^Recording \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.mp4$/);
    expect(statSync(join(home, "Downloads", name)).mode & 0o777).toBe(0o600);
    const { scale, duration, width, height, picture, sound = [] } = film(name);
    expect({ width, height }).toEqual({ width: 1280, height: 720 });
    const lengthOf = (samples: typeof sound) => samples.reduce((sum, sample) => sum + sample.duration, 0);
    expect([lengthOf(picture), lengthOf(sound)]).toEqual([duration, duration]);
    expect(duration / scale).toBeGreaterThan(1);
    expect(picture.length).toBeGreaterThan(1);
    expect(sound.filter(({ data }) => data.includes("opus")).length).toBeGreaterThan(1);
  });

  it("replaces no file and follows no link", async () => {
    await open();
    const secret = join(home, "secret");
    writeFileSync(secret, "secret");
    mkdirSync(join(home, "Downloads"), { recursive: true });
    // Every name that it may choose in the next minute is in use.
    const now = Date.now();
    const two = (value: number) => String(value).padStart(2, "0");
    for (let second = 0; second < 60; second++) {
      const time = new Date(now + 1000 * second);
      const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
      const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(".");
      symlinkSync(secret, join(home, "Downloads", `Recording ${day} ${clock}.mp4`));
    }
    const { files } = await ask("POST");
    expect(files[0]).toMatch(/ \(1\)\.mp4$/);
    await ask("DELETE");
    expect(readFileSync(secret, "utf8")).toBe("secret");
    expect(film(files[0] ?? "").picture.length).toBeGreaterThan(0);
  });

  it("refuses a ~/Downloads outside the home, and records later", async () => {
    symlinkSync(tmpdir(), join(home, "Downloads"));
    await open();
    const { status, body } = await h.fetch(ADDRESS, { authorization: OWNER }, "POST");
    expect([status, body.toString()]).toEqual([409, expect.stringContaining("~/Downloads is not a folder")]);
    rmSync(join(home, "Downloads"));
    expect(await ask("POST")).toMatchObject({ status: 200, isRecording: true });
  });

  it("ends at its largest size, with a file that is complete", async () => {
    await open({ KASMIX_RECORDING_LIMIT: "2KiB" });
    const owner = follow(OWNER);
    await ask("POST");
    await last(owner, { isRecording: false, ended: "limit" });
    expect(film(films()[0] ?? "").picture.length).toBeGreaterThan(0);
  });

  it("ends with the container, with a file that is complete", async () => {
    await open();
    await ask("POST");
    h.close();
    await eventually(() => expect(memory.events("recording.ended")).toMatchObject([{ why: "stopped" }]));
    expect(film(films()[0] ?? "").picture.length).toBeGreaterThan(0);
  });
});
