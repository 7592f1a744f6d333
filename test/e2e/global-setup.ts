import type { TestProject } from "vitest/node";
import { loadImage, type TestImage } from "../helpers/image.ts";
import { removeLeftovers } from "../helpers/leftovers.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The image that nearly all containers of this tier run: the workspace `desktop`. */
    image: TestImage;
  }
}

/** Builds and loads the image once for all files; clears away what tests left behind. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  project.provide("image", await loadImage("desktop"));
  await removeLeftovers();
  return removeLeftovers;
}
