import { detectEngine } from "../../src/engine/detect.ts";
import { tagsOf } from "../../src/engine/image.ts";
import { kasmix } from "../cli/kasmix.ts";

/** An image, by a tag that names exactly this one: a `./kasmix up` meanwhile may move the tag `latest`. */
export interface TestImage {
  readonly tag: string;
  readonly digest: string;
}

const loaded = new Map<string, Promise<TestImage>>();

/**
 * Builds and loads a workspace's image as a user would, with flags such as `--without-vendor`, once for each process.
 * Throws with the output when that fails.
 */
export function loadImage(workspace: string, ...flags: readonly string[]): Promise<TestImage> {
  const key = [workspace, ...flags].join(" ");
  const image = loaded.get(key) ?? buildAndLoad(workspace, flags);
  loaded.set(key, image);
  return image;
}

/** Removes an image from the engine, unless a container has it, such as a person's. */
export async function forgetImage({ tag }: TestImage): Promise<void> {
  const engine = await detectEngine();
  const users = await engine.run(["ps", "--all", "--quiet", "--filter", `ancestor=${tag}`]);
  if (users.trim() === "") await engine.attempt(["image", "rm", tag, tag.replace(/:.*/, ":latest")]);
}

async function buildAndLoad(workspace: string, flags: readonly string[]): Promise<TestImage> {
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
