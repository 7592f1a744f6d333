import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  defaultSettings,
  openSettings,
  parseSettings,
  presetOf,
  presets,
  settingsFromQuery,
} from "../../src/client/settings.ts";

describe("stored settings", () => {
  test("are read back as they were written", () => {
    const kept = {
      resize: "scale",
      zoom: 150,
      sharp: false,
      quality: 0,
      compression: 9,
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
        '{"resize":"huge","quality":3,"compression":10,"zoom":110,"sharp":1,"clipboardSync":"yes","keyboard":"us","theme":"pink"}',
      ),
    ).toEqual({
      ...defaultSettings,
      quality: 3,
    });
  });

  test("are usable whatever is stored", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (stored) => {
        const { resize, quality, compression } = parseSettings(stored);
        expect(["remote", "scale", "off"]).toContain(resize);
        for (const level of [quality, compression]) expect(level >= 0 && level <= 9).toBe(true);
      }),
    );
  });
});

describe("settings in the address", () => {
  test("use noVNC's names", () => {
    expect(settingsFromQuery(new URLSearchParams("resize=scale&quality=9&compression=0"))).toEqual({
      resize: "scale",
      quality: 9,
      compression: 0,
    });
  });

  test("are ignored when invalid", () => {
    expect(settingsFromQuery(new URLSearchParams("resize=x&quality=11&compression="))).toEqual({});
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
    expect(settings.current.quality).toBe(8);
    settings.change({ compression: 5 });
    expect(settings.current.compression).toBe(5);
  });

  test("scales the picture where the page only watches, and keeps the visitor's choice", () => {
    const settings = openSettings(blocked, page);
    settings.change({ resize: "remote" });
    settings.watch(true);
    expect(settings.current.resize).toBe("scale");
    settings.change({ quality: 3 });
    settings.watch(false);
    expect(settings.current).toMatchObject({ resize: "remote", quality: 3 });
    settings.change({ resize: "off" });
    settings.watch(true);
    expect(settings.current.resize).toBe("off");
  });
});

test("every preset is recognised by its values, and other values are not", () => {
  for (const [name, values] of Object.entries(presets)) {
    expect(presetOf({ ...defaultSettings, ...values })).toBe(name);
  }
  expect(presetOf({ ...defaultSettings, quality: 5 })).toBeUndefined();
});
