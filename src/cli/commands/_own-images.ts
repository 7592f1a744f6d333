import type { Context } from "../command.ts";

/**
 * The references of an image by registry/registry.json: HOST/NAME:TAG for every tag of this version, the most exact one
 * first.
 */
export async function ownImages({ root }: Context, name: string): Promise<[string, ...string[]]> {
  const [{ readSettings }, { tagsOf }, { readVersion }] = await Promise.all([
    import("../../registry/settings.ts"),
    import("../../registry/tags.ts"),
    import("../version.ts"),
  ]);
  const { images } = await readSettings(root);
  const tagged = (tag: string): string => `${images.replace("{workspace}", name)}:${tag}`;
  const [version, ...others] = tagsOf(await readVersion(root));
  return [tagged(version), ...others.map(tagged)];
}
