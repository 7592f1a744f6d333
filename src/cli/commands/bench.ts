import { access } from "node:fs/promises";
import path from "node:path";
import { KasmixError } from "../../model/error.ts";
import { defineCommand } from "../command.ts";

export const bench = defineCommand({
  args: {
    only: {
      type: "string",
      valueHint: "PART",
      description: "One part: build, start, recovery (default: these three) or picture",
    },
    runs: {
      type: "string",
      valueHint: "COUNT",
      description: "How often short things are measured",
      default: "5",
    },
    workspace: { type: "string", valueHint: "NAME", description: "Which workspace", default: "desktop" },
    "without-dockerfile": { type: "boolean", description: "Leave out the comparison with a Dockerfile" },
    load: {
      type: "string",
      valueHint: "MINUTES",
      description: "Only measure the relay: twenty viewers watch a moving desktop for this long",
    },
    kills: {
      type: "string",
      valueHint: "SECONDS",
      description:
        "Only kill a random process every second for this long, and tell how often the desktop was ready",
    },
    soak: {
      type: "string",
      valueHint: "MINUTES",
      description: "Only soak: kill a random service every second for this long, then check everything",
    },
  },
  examples: [
    { command: "./kasmix bench", explanation: "building, starting and recovery; takes several minutes" },
    { command: "./kasmix bench --json > bench.json", explanation: "the figures as JSON" },
    {
      command: "./kasmix bench --only recovery",
      explanation: "how soon killed services are back, compared with other supervisors",
    },
    {
      command: "./kasmix bench --only picture",
      explanation: "pictures a second, cost, sharpness and latency, compared with RFB, noVNC and Selkies",
    },
    {
      command: "./kasmix bench --load 15",
      explanation: "one viewer, twenty, and slow ones, 5 minutes each: frames, memory, backlog",
    },
    {
      command: "./kasmix bench --soak 20",
      explanation: "fails when a service, the container or the memory is not in order",
    },
  ],
  async run(args, { root, output, signal, exitWith }) {
    const script = path.join(root, "test/bench/main.ts");
    await access(script).catch(() => {
      throw new KasmixError("E_USAGE", "This checkout has no test/bench/main.ts.");
    });
    const { runAttached } = await import("../../engine/process.ts");
    const flags = [
      `--runs=${args.runs}`,
      `--workspace=${args.workspace}`,
      ...(args.only === undefined ? [] : [`--only=${args.only}`]),
      ...(args.load === undefined ? [] : [`--load=${args.load}`]),
      ...(args.kills === undefined ? [] : [`--kills=${args.kills}`]),
      ...(args.soak === undefined ? [] : [`--soak=${args.soak}`]),
      ...(args["without-dockerfile"] ? ["--without-dockerfile"] : []),
      ...(output.json ? ["--json"] : []),
    ];
    const words = ["--import", "tsx", script, ...flags];
    exitWith(await runAttached(process.execPath, words, { signal, cwd: root }));
  },
});
