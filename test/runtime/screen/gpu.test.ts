import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { gpuObstacle } from "../../../src/runtime/screen/gpu.ts";
import { layMachine } from "../../helpers/gpu.ts";

const SOURCE = join(import.meta.dirname, "../../../src/runtime/screen/gpu.ts");

it("knows that there is no GPU", () => {
  expect(gpuObstacle({ dev: "/nowhere" })).toBe("the container has no GPU");
});

describe.runIf(process.getuid?.() === 0)("a GPU, where devices can be made", () => {
  it("misses Intel's driver, if the image has only that of others", () => {
    const libraries = (name: string) => {
      const folder = layMachine({}).dev;
      const file = join(folder, "x86_64-linux-gnu/dri", name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, "");
      return folder;
    };
    const [intels, others] = [libraries("iHD_drv_video.so"), libraries("radeonsi_drv_video.so")];
    const intel = layMachine({ "dri/renderD128": { driver: "i915" } });
    expect(gpuObstacle(intel, others)).toContain("package intel-media-va-driver");
    expect(gpuObstacle(intel, intels)).toBeUndefined();
    expect(gpuObstacle(layMachine({ "dri/renderD128": { driver: "amdgpu" } }), others)).toBeUndefined();
  });

  it("says nothing of its own about NVIDIA's", () => {
    expect(gpuObstacle(layMachine({ nvidiactl: {} }))).toBeUndefined();
  });

  it("names the group without which a user cannot open it, unless he can open another", async () => {
    const closed = { group: 4242, driver: "amdgpu" };
    const one = layMachine({ "dri/renderD128": closed });
    const node = join(one.dev, "dri/renderD128");
    expect(await asUser(one)).toBe(
      `${node} cannot be opened (EACCES), start the container with --group-add 4242`,
    );
    expect(await asUser(layMachine({ "dri/renderD128": closed, "dri/renderD129": {} }))).toBe("undefined");
  });

  async function asUser(places: object): Promise<string> {
    const options = { bundle: true, write: false, platform: "node", format: "esm" } as const;
    const { outputFiles } = await build({ ...options, entryPoints: [SOURCE] });
    const script = `${outputFiles[0]?.text}\nconsole.log(gpuObstacle(${JSON.stringify(places)}))`;
    const words = ["--input-type=module", "--eval", script];
    return execFileSync(process.execPath, words, { uid: 4711, gid: 4711, encoding: "utf8" }).trim();
  }
});
