import type { TestProject } from "vitest/node";
import { tagsOf } from "../../src/engine/image.ts";
import { kasmix } from "../cli/kasmix.ts";
import { removeLeftovers } from "../helpers/leftovers.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The image that all containers of this tier run. */
    image: { readonly tag: string; readonly digest: string };
  }
}

/** Builds and loads the image as a user would, once for all files; clears away what tests left behind. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const built = await command("build");
  const loaded = await command("load");
  if (built.digest !== loaded.digest) throw new Error(`built ${built.digest}, loaded ${loaded.digest}`);
  // The tag that names exactly this image: somebody's `./kasmix up` may move the other one meanwhile.
  const [, tag] = tagsOf({ name: "kasmix/desktop", digest: built.digest });
  project.provide("image", { tag, digest: built.digest });
  await removeLeftovers();
  return removeLeftovers;
}

async function command(name: string): Promise<{ digest: string }> {
  const { exitCode, stdout, stderr } = await kasmix([name, "desktop", "--json"]);
  if (exitCode !== 0) throw new Error(`./kasmix ${name} desktop: exit code ${exitCode}\n${stderr}`);
  return JSON.parse(stdout);
}
