import { defineCommand } from "../command.ts";
import {
  ADDRESS_ARGS,
  addressFrom,
  EXTRA_ARGS,
  extraExamples,
  extrasOf,
  IMPLIED,
  VENDOR_ARGS,
  WORKSPACE,
} from "./_arguments.ts";

export const up = defineCommand({
  args: {
    workspace: WORKSPACE,
    ...ADDRESS_ARGS,
    ...EXTRA_ARGS,
    build: { type: "boolean", default: true, negativeDescription: "Take the image of the last build" },
    frozen: {
      type: "boolean",
      description: "Fail when something pinned cannot be had, instead of replacing it or leaving it out",
    },
    ...VENDOR_ARGS,
  },
  implied: IMPLIED,
  examples: [
    { command: "./kasmix up desktop", explanation: "from nothing to a desktop in the browser" },
    { command: "./kasmix up desktop --port 7000", explanation: "beside another one on 6901" },
    { command: "VNC_PW=secret ./kasmix up desktop", explanation: "with a password of your own" },
    ...extraExamples("up"),
    { command: "./kasmix up desktop --json | jq -r .url", explanation: "for scripts" },
  ],
  async run(args, context) {
    const { openImage, setUpMachine } = await import("../steps.ts");
    const address = addressFrom(args);
    const opened = await openImage(context, args.workspace, args["without-vendor"]);
    const { workspace, variant, asBuilt } = opened;
    const extras = await extrasOf(context.argv, asBuilt, address);
    await setUpMachine(context);
    const [
      { detectEngine },
      { lastBuild },
      { requireUsablePort },
      { buildAndLoad, load },
      { renderStarted, startWorkspace },
    ] = await Promise.all([
      import("../../engine/detect.ts"),
      import("../../engine/build.ts"),
      import("../../engine/run.ts"),
      import("../loading.ts"),
      import("./_start.ts"),
    ]);
    const engine = await detectEngine({ signal: context.signal });
    await requireUsablePort(engine, { workspace: asBuilt.name, ...address });
    const loaded = args.build
      ? await buildAndLoad(context, engine, opened, { frozen: args.frozen === true })
      : await load(context, engine, (await lastBuild(context.root, workspace.name, variant)).image);
    const started = await startWorkspace(context, engine, {
      workspace: asBuilt,
      ...loaded,
      ...{ ...address, extras },
    });
    context.output.result(started, renderStarted(started));
  },
});
