import { expect, it } from "vitest";
import { findNewestWheel } from "../../src/wheels/newest.ts";
import { sha256 } from "../vendor-files/vendor-web.ts";
import { givePip } from "./pip-index.ts";
import { wheelFile, wheelName, withoutPip } from "./wheel-file.ts";

const PINNED = wheelName("1.0.0", "aarch64");

it.skipIf(withoutPip)(
  `takes the newest for that Python and architecture, whatever this machine has, and no preview${withoutPip}`,
  async () => {
    const newest = wheelName("1.10.0", "aarch64");
    givePip(
      ...[PINNED, newest, wheelName("1.9.0", "aarch64"), wheelName("2.0.0rc1", "aarch64")],
      ...[wheelName("3.0.0", "x86_64"), "screen-4.0.0-cp314-cp314-manylinux_2_28_aarch64.whl"],
    );
    const found = await findNewestWheel("screen", PINNED, {});
    expect(found).toEqual({ version: "1.10.0", sha256: sha256(wheelFile(newest)) });
  },
);

it.skipIf(withoutPip)(`gives pip's own reason where there is none${withoutPip}`, async () => {
  givePip(wheelName("1.0.0", "x86_64"));
  await expect(findNewestWheel("screen", PINNED, {})).rejects.toMatchObject({
    code: "E_FETCH",
    message: expect.stringMatching(/^pip does not get screen: .*No matching distribution found for screen/),
    fix: expect.stringContaining("pip config list"),
  });
});

it("refuses a pin that is no wheel", async () => {
  await expect(findNewestWheel("screen", "screen-1.tar.gz", {})).rejects.toMatchObject({ code: "E_MODEL" });
});
