import { expect, it } from "vitest";
import { lostWheelsError, renderLostWheels } from "../../src/wheels/lost.ts";
import { findWheels, type LostWheel } from "../../src/wheels/prefetch.ts";

const FILE = "pixelflux-2.2.1-cp313-cp313-manylinux_2_28_x86_64.whl";
const LOST: LostWheel[] = findWheels("desktop", {
  "/a.drv": { builder: "builtin:fetchurl", env: { url: `https://host.example/${FILE}`, name: FILE } },
}).map((wheel) => ({ ...wheel, reasons: ["pip does not get it", "host.example does not send it"] }));

it("says in one line what the desktop lacks, what that means, and how to get it", () => {
  const line = renderLostWheels(LOST, "desktop");
  expect(line).toMatch(/^pixelflux 2\.2\.1 cannot be downloaded, so desktop is built without/);
  for (const words of ["VNC alone", "host.example", "pip", `KASMIX_VENDOR_DIR to a folder with ${FILE}`]) {
    expect(line).toContain(words);
  }
  expect(line).not.toContain("\n");
});

it("is an error with every reason where nothing may be left out", () => {
  expect(lostWheelsError(LOST)).toMatchObject({
    code: "E_FETCH",
    message: "pixelflux 2.2.1 cannot be downloaded.",
    faults: [
      {
        path: "pixelflux (nix/locks/wheels.json)",
        message: "pip does not get it\nhost.example does not send it",
      },
    ],
    fix: expect.stringContaining("leave out --frozen"),
  });
});
