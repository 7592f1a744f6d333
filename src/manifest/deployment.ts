import { containerName } from "../engine/shape.ts";
import type { ResolvedWorkspace } from "../model/resolve.ts";
import { bytesOf } from "../model/size.ts";
import type { Choice, Names } from "./choice.ts";

/** A workspace as it is deployed. What a chart leaves to its values is a choice, or a text with Helm's braces. */
export interface Deployment {
  readonly workspace: ResolvedWorkspace;
  /** What the software is called: the label that all installations have. */
  readonly app: string;
  /** Name of the installation and of all its objects. */
  readonly name: string;
  /** Image with its tag or digest. */
  readonly image: string;
  readonly resources: ResourceAmounts;
  /** Sizes as Kubernetes writes them: `512Mi`. */
  readonly sharedMemory: string;
  /** Size of the volume of the home, and of each other one. */
  readonly storage: string;
  /** Secret with VNC_PW, and VNC_VIEW_ONLY_PW and URL_LAUNCHER_TOKEN where they are wanted. */
  readonly secret: string;
  /** Secret with gluetun's own variables. */
  readonly vpnSecret: string;
  /** Whether the ports of Kasm's own page can be reached. */
  readonly sidePorts: Choice;
  /** Whether all traffic goes through a tunnel. */
  readonly vpn: Choice;
  /** Whether the cluster chooses the user id, as OpenShift does. */
  readonly anyUid: Choice;
  /** Whether volumes outlive the pod. */
  readonly persistent: Choice;
  /** Namespaces that reach the launcher; none is the own. */
  readonly launcherFrom: Names;
  /** Of the two kinds of network policy at most one is given. */
  readonly networkPolicy: boolean;
  readonly ciliumPolicy: boolean;
  /** What only a chart has. */
  readonly chart?: ChartParts;
}

/** Amounts by what they are of: `memory`, `cpu`. */
export interface ResourceAmounts {
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
}

/** Fields that a chart's values may set and that plain manifests leave alone. */
export interface ChartParts {
  readonly pullPolicy: string;
  readonly serviceType: string;
  readonly storageClass: { readonly choice: Choice; readonly name: string };
  /** Variables of the workspace: lines of the template around one. */
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  /** Whole fields of the pod, as the values have them. */
  readonly podFields: object;
}

/** What the command line decides. */
export interface DeploymentOptions {
  readonly image: string;
  /** Size of the home, as in the model: `10GiB`. */
  readonly storage: string;
  readonly sidePorts: boolean;
  readonly vpn: boolean;
  readonly anyUid: boolean;
  readonly cilium: boolean;
  readonly launcherFrom: readonly string[];
}

/** A workspace's deployment with everything decided. */
export function deploymentOf(workspace: ResolvedWorkspace, options: DeploymentOptions): Deployment {
  const name = containerName(workspace.name);
  const { image, sidePorts, vpn, anyUid, cilium, launcherFrom } = options;
  return {
    ...{ workspace, app: name, name, image, sidePorts, vpn, anyUid, launcherFrom },
    ...amountsOf(workspace),
    storage: quantity(options.storage),
    secret: name,
    vpnSecret: `${name}-vpn`,
    persistent: true,
    networkPolicy: !cilium,
    ciliumPolicy: cilium,
  };
}

/**
 * Memory, processors and shared memory. The model has the most that a workspace may use; half of it is asked for, so
 * that a node has room for desktops that idle.
 */
export function amountsOf({ resources }: ResolvedWorkspace): Pick<Deployment, "resources" | "sharedMemory"> {
  const { memory, cpus, sharedMemory } = resources;
  return {
    resources: {
      requests: {
        cpu: `${Math.round(cpus * 500)}m`,
        memory: `${Math.ceil(bytesOf(memory) / 1024 ** 2 / 2)}Mi`,
      },
      limits: { cpu: `${Math.round(cpus * 1000)}m`, memory: quantity(memory) },
    },
    sharedMemory: quantity(sharedMemory),
  };
}

/** A size of the model as Kubernetes writes it: `2GiB` is `2Gi`. */
export function quantity(size: string): string {
  return size.replace(/B$/, "");
}
