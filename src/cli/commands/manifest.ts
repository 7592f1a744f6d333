import { basename, dirname, resolve } from "node:path";
import type { ArgsDef, ParsedArgs } from "citty";
import type { Gpus } from "../../engine/gpu.ts";
import type { Deployment } from "../../manifest/deployment.ts";
import { KasmixError } from "../../model/error.ts";
import { type ResolvedWorkspace, resolveWorkspace } from "../../model/resolve.ts";
import { type Context, defineCommand } from "../command.ts";
import { ADDRESS_ARGS, addressFrom, WORKSPACE } from "./_arguments.ts";
import { ownImages } from "./_own-images.ts";

const KINDS = ["kubernetes", "helm", "compose", "docker-run"] as const;

const ARGS = {
  workspace: WORKSPACE,
  kubernetes: { type: "boolean", description: "Write Kubernetes objects for kubectl apply" },
  helm: { type: "boolean", description: "Write a Helm chart; needs --out" },
  compose: { type: "boolean", description: "Write a compose file" },
  "docker-run": { type: "boolean", description: "Write a docker run command" },
  out: {
    type: "string",
    valueHint: "PATH",
    description: "File to write; with --helm, or --compose --sessions, a folder (default: stdout)",
  },
  sessions: {
    type: "string",
    valueHint: "FILE",
    description: "Cluster, compose: a desktop for each person in a file as in docs/operate/deploy.md",
  },
  image: {
    type: "string",
    valueHint: "REFERENCE",
    description: "NAME[:TAG] or NAME@DIGEST (default: this version's image in registry/registry.json)",
  },
  storage: {
    type: "string",
    valueHint: "SIZE",
    default: "10GiB",
    description: "Cluster: size of the home and of each other volume",
  },
  gpu: {
    type: "string",
    valueHint: "GPU",
    description:
      "A GPU; cluster: a device plugin's, such as nvidia.com/gpu; else /dev/dri/renderD128, nvidia, nvidia:0",
  },
  "side-ports": { type: "boolean", description: "Cluster: open ports 4901 to 4904, for Kasm's own page" },
  "launcher-from": {
    type: "string",
    valueHint: "NAMESPACES",
    description: "Cluster: namespaces that reach the URL launcher, separated by commas (default: its own)",
  },
  cilium: {
    type: "boolean",
    description: "Cluster: write a CiliumNetworkPolicy instead of a NetworkPolicy",
  },
  vpn: {
    type: "boolean",
    description: "Cluster: route all traffic through gluetun, a VPN client in the same pod",
  },
  "any-uid": {
    type: "boolean",
    description: "Cluster: let the cluster choose the user id, as OpenShift does",
  },
  ...ADDRESS_ARGS,
} as const satisfies ArgsDef;

export const manifest = defineCommand({
  args: ARGS,
  examples: [
    { command: "./kasmix manifest desktop --kubernetes | kubectl apply -f -", explanation: "into a cluster" },
    {
      command: "./kasmix manifest void --kubernetes --vpn --cilium --launcher-from dashboard",
      explanation: "through a VPN, its launcher open to one namespace",
    },
    {
      command: "./kasmix manifest desktop --helm --out charts/desktop",
      explanation: "a chart with values.yaml and its schema",
    },
    {
      command: "./kasmix manifest desktop --compose --image kasmix/desktop:latest --out compose.yaml",
      explanation: "the same setup as ./kasmix run",
    },
    {
      command: "./kasmix manifest desktop --compose --sessions users.yaml --out desktops",
      explanation: "a desktop for each person, behind Caddy",
    },
  ],
  async run(args, context) {
    const kind = kindOf(args);
    const out = args.out === undefined ? undefined : resolve(args.out);
    const inFolder = kind === "helm" || (kind === "compose" && args.sessions !== undefined);
    if (inFolder && out === undefined) {
      const flags = kind === "helm" ? "--helm" : "--compose with --sessions";
      throw new KasmixError("E_USAGE", `${flags} writes a folder, so it needs --out.`, {
        fix: "Name the folder: --out FOLDER",
      });
    }
    const { openImage } = await import("../steps.ts");
    const workspace = resolveWorkspace((await openImage(context, args.workspace)).asBuilt);
    const image = args.image ?? (await ownImages(context, workspace.name))[0];
    const { files, secrets = [] } = await render({ kind, workspace, image, args }, context);
    const result = { workspace: workspace.name, kind, image };
    const text = Object.values(files)[0] ?? "";
    if (out === undefined) {
      context.output.result({ ...result, manifest: text }, text.trimEnd());
      return;
    }
    const { writeFiles, writePasswords } = await import("../../manifest/write.ts");
    const [folder, written] = inFolder ? [out, files] : [dirname(out), { [basename(out)]: text }];
    await writeFiles(folder, written);
    const made = await writePasswords(folder, secrets);
    context.output.result({ ...result, out, files: [...Object.keys(written), ...made] }, out);
  },
});

type Kind = (typeof KINDS)[number];

function kindOf(args: Readonly<Record<Kind, boolean | undefined>>): Kind {
  const kinds = KINDS.filter((kind) => args[kind] === true);
  const [kind] = kinds;
  if (kind !== undefined && kinds.length === 1) return kind;
  const fix = `Give one of ${KINDS.map((name) => `--${name}`).join(", ")}.`;
  const many = kinds.map((name) => `--${name}`).join(" and ");
  const message = many ? `${many} exclude each other.` : "The kind of manifest is missing.";
  throw new KasmixError("E_USAGE", message, { fix });
}

interface Request {
  readonly kind: Kind;
  readonly workspace: ResolvedWorkspace;
  readonly image: string;
  readonly args: ParsedArgs<typeof ARGS>;
}

/** A manifest's files by their names, one unless it is a folder, and those that get a password unless they exist. */
interface Rendered {
  readonly files: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
}

async function render(request: Request, context: Context): Promise<Rendered> {
  const { kind, image } = request;
  const { parseImage } = await import("../../manifest/image.ts");
  parseImage(image);
  refuseSessions(request);
  if (kind === "kubernetes") {
    const [deployment, sessions] = [await deploymentFrom(request), await sessionsOf(request)];
    if (sessions !== undefined) {
      const { renderKubernetesSessions } = await import("../../manifest/kubernetes-sessions.ts");
      return { files: { "kubernetes.yaml": renderKubernetesSessions(deployment, sessions) } };
    }
    const { renderKubernetes } = await import("../../manifest/kubernetes.ts");
    return { files: { "kubernetes.yaml": renderKubernetes(deployment) } };
  }
  if (kind === "helm") {
    const [{ chartFiles }, { readVersion }] = await Promise.all([
      import("../../manifest/chart.ts"),
      import("../version.ts"),
    ]);
    return { files: await chartFiles(await deploymentFrom(request), await readVersion(context.root)) };
  }
  refuseClusterFlags(request);
  return renderContainers(request);
}

/** For an engine on one machine. */
async function renderContainers(request: Request): Promise<Rendered> {
  const { kind, workspace, image, args } = request;
  const [gpus, sessions] = [await gpusOf(request), await sessionsOf(request)];
  const address = addressFrom(args);
  if (sessions !== undefined) {
    const { renderComposeSessions } = await import("../../manifest/compose-sessions.ts");
    return renderComposeSessions(workspace, sessions, { image, ...address, gpus });
  }
  const { containerShape } = await import("../../engine/container-options.ts");
  const { name, volumes, resources } = workspace;
  const shape = containerShape({ workspace: name, volumes, ...resources, ...address });
  if (kind === "compose") {
    const { renderCompose } = await import("../../manifest/compose.ts");
    return { files: { "compose.yaml": renderCompose(name, image, shape, gpus) } };
  }
  const { renderDockerRun } = await import("../../manifest/docker-run.ts");
  return { files: { "docker-run.sh": renderDockerRun(image, shape, gpus) } };
}

/** The people of --sessions, with the kinds that can have them. */
async function sessionsOf({ kind, workspace, args }: Request) {
  if (args.sessions === undefined || (kind !== "kubernetes" && kind !== "compose")) return undefined;
  const { readSessions } = await import("../../manifest/read-sessions.ts");
  return readSessions(args.sessions, { workspace: workspace.name, kind });
}

function refuseSessions({ kind, args }: Request): void {
  if (args.sessions === undefined || kind === "kubernetes" || kind === "compose") return;
  throw new KasmixError("E_USAGE", `--${kind} does not read --sessions.`, {
    fix: "Use --kubernetes or --compose.",
  });
}

/** Throws E_USAGE for flags without effect, so that nobody relies on a tunnel that does not exist. */
function refuseClusterFlags({ kind, args }: Request): void {
  const flags = ["side-ports", "launcher-from", "cilium", "vpn", "any-uid"] as const;
  const given = flags.filter((flag) => args[flag] !== undefined && args[flag] !== false);
  if (given.length === 0) return;
  throw new KasmixError("E_USAGE", `--${kind} has no use for a cluster's flags.`, {
    faults: given.map((flag) => ({ path: `--${flag}`, message: "is only for --kubernetes and --helm" })),
    fix: "Leave them out.",
  });
}

const NO_RESOURCE =
  "names no resource of a device plugin, and a pod without privileges gets a device in no other way";
const RESOURCES = "Write --gpu=nvidia.com/gpu, --gpu=amd.com/gpu or --gpu=gpu.intel.com/i915.";

/** The GPU of a container; it is not looked for, since another machine will run it. Throws E_USAGE for no GPU's name. */
async function gpusOf({ args }: Request): Promise<Gpus | undefined> {
  if (args.gpu === undefined) return undefined;
  const { NAMES, namedGpu } = await import("../../engine/gpu.ts");
  const gpus = namedGpu(args.gpu);
  if (gpus !== undefined) return gpus;
  throw new KasmixError("E_USAGE", `--gpu=${args.gpu} names no GPU.`, { fix: NAMES });
}

/** Throws E_USAGE with all faults of the cluster's flags. */
async function deploymentFrom({ workspace, image, args }: Request): Promise<Deployment> {
  const { launcherPort } = await import("../../manifest/ports.ts");
  const launcherFrom = (args["launcher-from"] ?? "").split(",").filter((name) => name !== "");
  const faults = [
    ...(/^[1-9][0-9]*(MiB|GiB)$/.test(args.storage)
      ? []
      : [{ path: "--storage", message: `"${args.storage}" is not a size`, fix: "Write 10GiB or 512MiB." }]),
    ...launcherFrom
      .filter((name) => !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
      .map((name) => ({ path: "--launcher-from", message: `"${name}" is not a valid namespace` })),
    ...(launcherFrom.length > 0 && launcherPort(workspace) === undefined
      ? [{ path: "--launcher-from", message: "this workspace has no URL launcher", fix: "Leave it out." }]
      : []),
    ...(args.gpu === undefined || /^[a-z0-9-]+(\.[a-z0-9-]+)+\/[\w.-]+$/.test(args.gpu)
      ? []
      : [{ path: `--gpu=${args.gpu}`, message: NO_RESOURCE, fix: RESOURCES }]),
  ];
  if (faults.length > 0) throw new KasmixError("E_USAGE", "The cluster's flags are invalid.", { faults });
  return {
    ...{ workspace, image, storage: args.storage, launcherFrom, gpu: args.gpu },
    sidePorts: args["side-ports"] === true,
    vpn: args.vpn === true,
    anyUid: args["any-uid"] === true,
    cilium: args.cilium === true,
  };
}
