import { tagsOf } from "../../src/engine/image.ts";
import { kasmix } from "../cli/kasmix.ts";

/** An image, by a tag that names exactly this one: somebody's `./kasmix up` may move the other meanwhile. */
export interface TestImage {
  readonly tag: string;
  readonly digest: string;
}

/**
 * Builds and loads a workspace's image as a user would, with flags such as `--without-vendor`. Throws with what was
 * printed when that fails.
 */
export async function loadImage(workspace: string, ...flags: readonly string[]): Promise<TestImage> {
  const built = await command("build", workspace, ...flags);
  const loaded = await command("load", workspace, ...flags);
  if (built.digest !== loaded.digest) throw new Error(`built ${built.digest}, loaded ${loaded.digest}`);
  const [, tag] = tagsOf({ name: `kasmix/${workspace}`, digest: built.digest });
  return { tag, digest: built.digest };
}

async function command(...words: readonly string[]): Promise<{ digest: string }> {
  const { exitCode, stdout, stderr } = await kasmix([...words, "--json"]);
  if (exitCode !== 0) throw new Error(`./kasmix ${words.join(" ")}: exit code ${exitCode}\n${stderr}`);
  return JSON.parse(stdout);
}
