import type { TestProject } from "vitest/node";
import { probeEngine } from "../../src/engine/detect.ts";
import { loadImage, type TestImage } from "../helpers/image.ts";
import { removeLeftovers } from "../helpers/leftovers.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The image that nearly all containers of this tier run: the workspace `desktop`. */
    image: TestImage;
  }
}

/**
 * Builds and loads the image once for all files; removes what tests left behind. Refuses to run without Docker: a
 * Podman that answers would replace it, and these tests are about Docker.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const { state, detail } = await probeEngine("docker");
  if (state !== "ok") throw new Error(`These tests need Docker, which ./kasmix test starts: ${detail}`);
  project.provide("image", await loadImage("desktop"));
  await removeLeftovers();
  return removeLeftovers;
}
