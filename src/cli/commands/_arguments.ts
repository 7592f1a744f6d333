import { parseArgs } from "node:util";
import type { ExtraFlags, Extras } from "../../engine/extras.ts";
import { ALL_GPUS } from "../../engine/gpu.ts";
import type { Workspace } from "../../model/types.ts";
import { parsePort } from "../arguments.ts";

/** The argument of nearly every command. */
export const WORKSPACE = {
  type: "positional",
  required: true,
  description: "Name of a folder under workspaces/",
} as const;

/** Flags that choose the image. */
export const VENDOR_ARGS = {
  "without-vendor": {
    type: "boolean",
    description: "Leave vendor software out, and show a notice in its place",
  },
} as const;

/** Flags for a workspace's address on this machine. */
export const ADDRESS_ARGS = {
  port: {
    type: "string",
    valueHint: "PORT",
    // For callers that cannot pass flags, such as xc.
    default: process.env.KASMIX_PORT || "6901",
    description: "Port on this machine; KASMIX_PORT sets another default",
  },
  bind: {
    type: "string",
    valueHint: "ADDRESS",
    default: "127.0.0.1",
    description: "Address to listen on; 0.0.0.0 lets other machines in",
  },
} as const;

/** The values of both. Throws E_USAGE for an invalid port. */
export function addressFrom(args: { readonly port: string; readonly bind: string }): {
  port: number;
  bind: string;
} {
  return { port: parsePort(args.port, "--port"), bind: args.bind };
}

/** Flags for what a container gets besides its workspace's settings; each may be given several times. */
export const EXTRA_ARGS = {
  env: {
    type: "string",
    valueHint: "NAME=VALUE",
    description: "Set a variable of the container; a NAME alone takes its value here",
  },
  "env-file": {
    type: "string",
    valueHint: "FILE",
    description: "Set the variables of a file of lines NAME=VALUE",
  },
  volume: {
    type: "string",
    valueHint: "SOURCE:PATH[:ro]",
    description: "Mount a folder or a volume at a path of the container",
  },
  publish: {
    type: "string",
    valueHint: "PORT:PORT",
    description: "Open one more port: of this machine, [ADDRESS:] before it, and of the container",
  },
  device: { type: "string", valueHint: "PATH", description: "Give it a device, such as /dev/ttyUSB0" },
  gpu: {
    type: "string",
    valueHint: "GPU",
    description: "Give it this machine's GPUs, or one: /dev/dri/renderD128, nvidia, nvidia:0",
  },
} as const;

/** Values of flags that may stand alone. */
export const IMPLIED = { gpu: ALL_GPUS } as const;

/** Examples of these flags. */
export function extraExamples(command: string) {
  return [
    {
      command: `./kasmix ${command} desktop --env VNC_VIEW_ONLY_PW`,
      explanation: "with viewers, whose password is in the environment",
    },
    {
      command: `./kasmix ${command} desktop --volume ./tls:/etc/kasmix/tls:ro`,
      explanation: "with a certificate of your own",
    },
    { command: `./kasmix ${command} desktop --gpu`, explanation: "with this machine's GPU" },
    {
      command: `./kasmix ${command} chromium --env-file my.env --publish 9998:9998`,
      explanation: "with settings of a file, and the URL launcher's port",
    },
  ];
}

/** The extras of a command line. Throws E_USAGE with all faults. */
export async function extrasOf(
  words: readonly string[],
  workspace: Workspace,
  address: { readonly port: number; readonly bind: string },
): Promise<Extras> {
  const [{ readExtras }, { resolveWorkspace }] = await Promise.all([
    import("../../engine/extras.ts"),
    import("../../model/resolve.ts"),
  ]);
  const { volumes, environment: variables } = resolveWorkspace(workspace);
  return readExtras(flagsOf(words), { ...address, volumes, variables });
}

/** The values of the flags, among the words after the command's name: citty has only the last of each. */
function flagsOf(words: readonly string[]): ExtraFlags {
  const names = Object.keys(EXTRA_ARGS) as (keyof ExtraFlags)[];
  const options = Object.fromEntries(
    names.map((name) => [name, { type: "string", multiple: true } as const]),
  );
  const { values } = parseArgs({ args: [...words], options, strict: false });
  return Object.fromEntries(names.map((name) => [name, values[name] ?? []])) as unknown as ExtraFlags;
}
