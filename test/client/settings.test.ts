import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  defaultSettings,
  openSettings,
  parseSettings,
  pictures,
  settingsFromQuery,
} from "../../src/client/settings.ts";

describe("stored settings", () => {
  test("are read back as they were written", () => {
    const kept = {
      resize: "scale",
      zoom: 150,
      sharp: false,
      picture: "video",
      levels: {},
      clipboardSync: false,
      keyboard: "positions",
      theme: "dark",
    } as const;
    expect(parseSettings(JSON.stringify(kept))).toEqual(kept);
  });

  test("are the defaults when nothing is stored", () => {
    expect(parseSettings(null)).toEqual(defaultSettings);
  });

  test("an invalid field gets its default and the others stay", () => {
    expect(
      parseSettings(
        '{"resize":"huge","picture":"save","levels":{"quality":3},"zoom":110,"sharp":1,"clipboardSync":"yes","keyboard":"us","theme":"pink"}',
      ),
    ).toEqual({ ...defaultSettings, picture: "save" });
  });

  test("are usable whatever is stored", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (stored) => {
        const { resize, picture } = parseSettings(stored);
        expect(["remote", "scale", "off"]).toContain(resize);
        expect(Object.keys(pictures)).toContain(picture);
      }),
    );
  });
});

describe("settings in the address", () => {
  test("use noVNC's names where it has some", () => {
    const query = "resize=scale&picture=text&quality=9&compression=0";
    expect(settingsFromQuery(new URLSearchParams(query))).toEqual({
      resize: "scale",
      picture: "text",
      levels: { quality: 9, compression: 0 },
    });
  });

  test("are ignored when invalid", () => {
    const query = "resize=x&picture=toString&quality=11&compression=";
    expect(settingsFromQuery(new URLSearchParams(query))).toEqual({ levels: {} });
  });
});

describe("the settings store", () => {
  const page = new URL("https://host:6901/desk/vnc.html?quality=8");
  const blocked = (): Storage => {
    throw new DOMException("denied", "SecurityError");
  };

  test("keeps changes for the page's folder", () => {
    const storage = new Map<string, string>();
    const fake = {
      getItem: (key: string) => storage.get(key) ?? null,
      setItem: (key: string, value: string) => storage.set(key, value),
    } as unknown as Storage;
    openSettings(() => fake, page).change({ resize: "off" });
    expect([...storage.keys()]).toEqual(["kasmix:/desk/"]);
    expect(openSettings(() => fake, new URL("https://host:6901/desk/")).current.resize).toBe("off");
  });

  test("works without storage", () => {
    const settings = openSettings(blocked, page);
    expect(settings.current.levels).toEqual({ quality: 8 });
    settings.change({ picture: "text" });
    expect(settings.current.picture).toBe("text");
  });

  test("scales the picture where the page only watches, and keeps the visitor's choice", () => {
    const settings = openSettings(blocked, page);
    settings.change({ resize: "remote" });
    settings.watch(true);
    expect(settings.current.resize).toBe("scale");
    settings.change({ picture: "video" });
    settings.watch(false);
    expect(settings.current).toMatchObject({ resize: "remote", picture: "video" });
    settings.change({ resize: "off" });
    settings.watch(true);
    expect(settings.current.resize).toBe("off");
  });
});
