import path from "node:path";
import { defineCommand } from "../command.ts";
import { VENDOR_ARGS, WORKSPACE } from "./_arguments.ts";

export const build = defineCommand({
  args: {
    workspace: WORKSPACE,
    frozen: {
      type: "boolean",
      description: "Fail when something pinned cannot be had, instead of replacing it or leaving it out",
    },
    ...VENDOR_ARGS,
    tarball: { type: "string", valueHint: "FILE", description: "Write an archive for `docker load` too" },
  },
  examples: [
    { command: "./kasmix build desktop", explanation: "build what has changed" },
    {
      command: "./kasmix build desktop --tarball desktop.tar",
      explanation: "then: docker load < desktop.tar",
    },
    {
      command: "./kasmix build signal --without-vendor",
      explanation: "where its vendor cannot be reached",
    },
    { command: "./kasmix build desktop --json | jq .digest", explanation: "for scripts" },
  ],
  async run(args, context) {
    const steps = await import("../steps.ts");
    const opened = await steps.openImage(context, args.workspace, args["without-vendor"]);
    const {
      image,
      path: directory,
      seconds,
    } = await steps.build(context, opened, { frozen: args.frozen === true });
    const tarball = args.tarball === undefined ? undefined : path.resolve(args.tarball);
    if (tarball !== undefined) await writeTarballWithProgress(image, tarball, context);
    const [{ sizeOf }, { mebibytes }] = await Promise.all([
      import("../../engine/image.ts"),
      import("../../terminal/mebibytes.ts"),
    ]);
    const value = {
      image: image.name,
      digest: image.digest,
      path: directory,
      layers: image.layers.map(({ digest, size, kind }) => ({ digest, size, kind })),
      seconds: Math.round(seconds * 1000) / 1000,
      ...(tarball === undefined ? {} : { tarball }),
    };
    const text = `${image.name}@${image.digest}\n${image.layers.length} layers, ${mebibytes(sizeOf(image))} MiB`;
    context.output.result(value, text);
  },
});

async function writeTarballWithProgress(
  image: import("../../engine/image.ts").Image,
  file: string,
  context: import("../command.ts").Context,
): Promise<void> {
  const [{ writeTarball }, { sizeOf, tagsOf }, { layerSource }] = await Promise.all([
    import("../../engine/archive.ts"),
    import("../../engine/image.ts"),
    import("../inside.ts"),
  ]);
  const { output, signal } = context;
  const total = sizeOf(image);
  const bar = output.progress(`Writing ${file}`);
  await writeTarball(image, file, {
    tags: tagsOf(image),
    signal,
    readLayers: await layerSource(context, image),
    onProgress: (done) => bar.update(done, total),
  });
  bar.end();
}
