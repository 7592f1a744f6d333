import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { TICKS } from "../../../src/runtime/recording/mp4.ts";
import { Part } from "../../../src/runtime/recording/part.ts";
import { readFragments, readMovie } from "../../helpers/mp4.ts";

const FILM = { width: 1280, height: 720, configuration: Buffer.of(1, 2, 3), hasSound: true };
const SILENCE = Buffer.of(0xf4, 0xff, 0xfe);

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kasmix-part-"));
  path = join(folder, "a.mp4");
});

afterEach(() => rmSync(folder, { recursive: true }));

const create = (film = FILM) => new Part(open(path, "wx"), film);

it("has every picture for as long as it was seen, however they were written, and ends at the end", async () => {
  const part = create({ ...FILM, hasSound: false });
  part.addPicture(0, Buffer.from("first"), true);
  part.flush(TICKS);
  part.flush(2 * TICKS);
  part.addPicture(10 * TICKS, Buffer.from("second"), false);
  part.addPicture(10 * TICKS + 800, Buffer.from("third"), true);
  part.flush(11 * TICKS);
  await part.finish(60 * TICKS);
  const { picture, ...movie } = readMovie(readFileSync(path));
  expect(movie).toEqual({
    ...{ scale: TICKS, duration: 60 * TICKS, width: 1280, height: 720, sound: undefined },
  });
  expect(picture.map(({ start, isKey, data }) => [start, isKey, data.toString()])).toEqual([
    [0, true, "first"],
    [10 * TICKS, false, "second"],
    [10 * TICKS + 800, true, "third"],
  ]);
});

it("keeps sound at its time, with silence where none comes", async () => {
  const part = create();
  part.addPicture(0, Buffer.from("picture"), true);
  part.addSilence(4_800);
  part.addSound(Buffer.from("sound"));
  part.flush(TICKS);
  await part.finish(TICKS);
  const { sound = [], duration } = readMovie(readFileSync(path));
  expect(duration).toBe(TICKS);
  expect(sound).toHaveLength(100);
  expect(sound.findIndex(({ data }) => data.toString() === "sound")).toBe(10);
  expect(sound.filter(({ data }) => data.equals(SILENCE))).toHaveLength(99);
});

it("has what was written in whole fragments before it is complete", async () => {
  const part = create();
  part.addPicture(0, Buffer.from("first"), true);
  part.flush(TICKS);
  part.addPicture(TICKS, Buffer.from("second"), false);
  part.addSound(Buffer.from("sound"));
  part.flush(2 * TICKS);
  part.addPicture(3 * TICKS, Buffer.from("lost"), false);
  await part.written();
  const file = readFileSync(path);
  expect(readFragments(file).map(String)).toEqual(["first", "secondsound"]);
  expect(() => readMovie(file)).toThrow("no index");
  await part.finish(4 * TICKS);
});

it("never lets time go back", async () => {
  const part = create({ ...FILM, hasSound: false });
  part.addPicture(0, Buffer.from("a"), true);
  part.addPicture(500, Buffer.from("b"), false);
  part.addPicture(400, Buffer.from("c"), false);
  await part.finish(1_000);
  expect(readMovie(readFileSync(path)).picture.map(({ start }) => start)).toEqual([0, 500, 501]);
});

it("says that its file cannot be written, and counts what waits", async () => {
  const part = new Part(open(join(folder, "none/a.mp4"), "wx"), FILM);
  part.addPicture(0, Buffer.alloc(1_000), true);
  part.flush(100);
  expect(part.unwritten).toBeGreaterThan(1_000);
  await expect(part.written()).rejects.toThrow("ENOENT");
  await expect(part.finish(100)).rejects.toThrow("ENOENT");
});
