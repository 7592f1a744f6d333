import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ARCHITECTURES } from "../../src/debian/format.ts";
import { readLock } from "../../src/debian/read.ts";
import { KASMVNC_PINS, WHEEL_PINS } from "../../src/vendor-files/shared.ts";
import { parseWheelName } from "../../src/wheels/file-name.ts";
import { readWheels } from "../../src/wheels/read.ts";

const ROOT = join(import.meta.dirname, "../..");

/** What pixelflux is linked with or loads, and a wheel does not contain. */
const OF_HOST = ["libgbm1", "libgcc-s1", "libpixman-1-0", "libstdc++6", "libxkbcommon0"];

it.each(ARCHITECTURES)(
  "has a wheel for Debian's Python on %s, and the core has all that it needs",
  async (each) => {
    const [wheels, core] = [await readWheels(ROOT, each), await readLock(ROOT, "core", each)];
    expect(wheels.map(({ name }) => name)).toEqual(["pixelflux"]);
    const names = core.packages.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(OF_HOST));
    for (const { name, version, url } of wheels) {
      const tags = parseWheelName(url.slice(url.lastIndexOf("/") + 1));
      const machine = { amd64: "x86_64", arm64: "aarch64" }[each];
      expect(tags).toMatchObject({ name, version, platform: expect.stringMatching(`_${machine}$`) });
      expect(names).toContain(`python${tags?.python}`);
    }
  },
);

it("has files of pins as `kasmix update` writes them", () => {
  for (const path of [WHEEL_PINS, KASMVNC_PINS]) {
    const text = readFileSync(join(ROOT, path), "utf8");
    expect(text, path).toBe(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
  }
});
