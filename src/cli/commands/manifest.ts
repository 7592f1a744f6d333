import { basename, dirname, resolve } from "node:path";
import type { DeploymentOptions } from "../../manifest/deployment.ts";
import { KasmixError } from "../../model/error.ts";
import { type ResolvedWorkspace, resolveWorkspace } from "../../model/resolve.ts";
import { type Context, defineCommand } from "../command.ts";
import { ADDRESS_ARGS, addressFrom, WORKSPACE } from "./_arguments.ts";
import { ownImages } from "./_own-images.ts";

const KINDS = ["kubernetes", "helm", "compose", "docker-run"] as const;

export const manifest = defineCommand({
  args: {
    workspace: WORKSPACE,
    kubernetes: { type: "boolean", description: "Objects for kubectl apply" },
    helm: { type: "boolean", description: "A Helm chart; needs --out" },
    compose: { type: "boolean", description: "A compose file" },
    "docker-run": { type: "boolean", description: "A line for a shell" },
    out: {
      type: "string",
      valueHint: "PATH",
      description: "File to write, with --helm the chart's folder (default: stdout)",
    },
    image: {
      type: "string",
      valueHint: "REFERENCE",
      description: "NAME[:TAG] or NAME@DIGEST (default: as registry/registry.json has it, in this version)",
    },
    storage: {
      type: "string",
      valueHint: "SIZE",
      default: "10GiB",
      description: "Cluster: size of the home and of each other volume",
    },
    "side-ports": { type: "boolean", description: "Cluster: ports 4901 to 4904 too, for Kasm's own page" },
    "launcher-from": {
      type: "string",
      valueHint: "NAMESPACES",
      description: "Cluster: who reaches the URL launcher, separated by commas (default: the own namespace)",
    },
    cilium: { type: "boolean", description: "Cluster: a CiliumNetworkPolicy in place of a NetworkPolicy" },
    vpn: { type: "boolean", description: "Cluster: all traffic through gluetun, which runs beside it" },
    "any-uid": {
      type: "boolean",
      description: "Cluster: the cluster chooses the user id, as OpenShift does",
    },
    ...ADDRESS_ARGS,
  },
  examples: [
    { command: "./kasmix manifest desktop --kubernetes | kubectl apply -f -", explanation: "into a cluster" },
    {
      command: "./kasmix manifest void --kubernetes --vpn --cilium --launcher-from dashboard",
      explanation: "through a tunnel, its launcher open to one namespace",
    },
    {
      command: "./kasmix manifest desktop --helm --out charts/desktop",
      explanation: "a chart with values.yaml and its schema",
    },
    {
      command: "./kasmix manifest desktop --compose --image kasmix/desktop:latest --out compose.yaml",
      explanation: "what ./kasmix run does, as a file",
    },
  ],
  async run(args, context) {
    const kind = kindOf(args);
    const out = args.out === undefined ? undefined : resolve(args.out);
    if (kind === "helm" && out === undefined) {
      throw new KasmixError("E_USAGE", "--helm gives a folder.", { fix: "Say where it goes: --out FOLDER" });
    }
    const { openImage } = await import("../steps.ts");
    const workspace = resolveWorkspace((await openImage(context, args.workspace)).asBuilt);
    const image = args.image ?? (await ownImages(context, workspace.name))[0];
    const files = await render(kind, workspace, { ...args, image }, context);
    const result = { workspace: workspace.name, kind, image };
    const text = Object.values(files)[0] ?? "";
    if (out === undefined) {
      context.output.result({ ...result, manifest: text }, text.trimEnd());
      return;
    }
    const { writeFiles } = await import("../../manifest/write.ts");
    const [folder, written] = kind === "helm" ? [out, files] : [dirname(out), { [basename(out)]: text }];
    await writeFiles(folder, written);
    context.output.result({ ...result, out, files: Object.keys(written) }, out);
  },
});

type Kind = (typeof KINDS)[number];

function kindOf(args: Readonly<Record<Kind, boolean | undefined>>): Kind {
  const kinds = KINDS.filter((kind) => args[kind] === true);
  const [kind] = kinds;
  if (kind !== undefined && kinds.length === 1) return kind;
  const fix = `Give one of ${KINDS.map((name) => `--${name}`).join(", ")}.`;
  const many = kinds.map((name) => `--${name}`).join(" and ");
  throw new KasmixError("E_USAGE", many ? `${many} cannot be had at once.` : "What kind of manifest?", {
    fix,
  });
}

interface Arguments {
  readonly image: string;
  readonly storage: string;
  readonly port: string;
  readonly bind: string;
  readonly cilium?: boolean | undefined;
  readonly vpn?: boolean | undefined;
  readonly "side-ports"?: boolean | undefined;
  readonly "any-uid"?: boolean | undefined;
  readonly "launcher-from"?: string | undefined;
}

/** The manifest's files by their names; but for a chart there is one. */
async function render(
  kind: Kind,
  workspace: ResolvedWorkspace,
  args: Arguments,
  context: Context,
): Promise<Readonly<Record<string, string>>> {
  const { parseImage } = await import("../../manifest/image.ts");
  parseImage(args.image);
  if (kind === "kubernetes") {
    const [{ deploymentOf }, { renderKubernetes }] = await Promise.all([
      import("../../manifest/deployment.ts"),
      import("../../manifest/kubernetes.ts"),
    ]);
    return { "kubernetes.yaml": renderKubernetes(deploymentOf(workspace, optionsFrom(args, workspace))) };
  }
  if (kind === "helm") {
    const [{ renderChart }, { readVersion }] = await Promise.all([
      import("../../manifest/chart.ts"),
      import("../version.ts"),
    ]);
    return renderChart(workspace, optionsFrom(args, workspace), await readVersion(context.root));
  }
  refuseClusterFlags(kind, args);
  const { containerShape } = await import("../../engine/shape.ts");
  const { name, volumes, resources } = workspace;
  const shape = containerShape({ workspace: name, volumes, ...resources, ...addressFrom(args) });
  if (kind === "compose") {
    const { renderCompose } = await import("../../manifest/compose.ts");
    return { "compose.yaml": renderCompose(name, args.image, shape) };
  }
  const { renderDockerRun } = await import("../../manifest/docker-run.ts");
  return { "docker-run.sh": renderDockerRun(args.image, shape) };
}

/** Throws E_USAGE for flags that would change nothing, so that nobody trusts in a tunnel that is not there. */
function refuseClusterFlags(kind: Kind, args: Arguments): void {
  const flags = ["side-ports", "launcher-from", "cilium", "vpn", "any-uid"] as const;
  const given = flags.filter((flag) => args[flag] !== undefined && args[flag] !== false);
  if (given.length === 0) return;
  throw new KasmixError("E_USAGE", `--${kind} knows nothing of a cluster's flags.`, {
    faults: given.map((flag) => ({ path: `--${flag}`, message: "is for --kubernetes and --helm" })),
    fix: "Leave them out.",
  });
}

/** Throws E_USAGE with all that is wrong with the flags of a cluster. */
function optionsFrom(args: Arguments, { launcher }: ResolvedWorkspace): DeploymentOptions {
  const launcherFrom = (args["launcher-from"] ?? "").split(",").filter((name) => name !== "");
  const faults = [
    ...(/^[1-9][0-9]*(MiB|GiB)$/.test(args.storage)
      ? []
      : [{ path: "--storage", message: `"${args.storage}" is no size`, fix: "Write 10GiB or 512MiB." }]),
    ...launcherFrom
      .filter((name) => !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
      .map((name) => ({ path: "--launcher-from", message: `"${name}" is no namespace's name` })),
    ...(launcherFrom.length > 0 && launcher === undefined
      ? [{ path: "--launcher-from", message: "this workspace has no URL launcher", fix: "Leave it out." }]
      : []),
  ];
  if (faults.length > 0) throw new KasmixError("E_USAGE", "The flags are wrong.", { faults });
  return {
    ...{ image: args.image, storage: args.storage, launcherFrom },
    sidePorts: args["side-ports"] === true,
    vpn: args.vpn === true,
    anyUid: args["any-uid"] === true,
    cilium: args.cilium === true,
  };
}
