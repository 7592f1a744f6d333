import { containerName } from "../engine/container-options.ts";
import type { ResolvedWorkspace } from "../model/resolve.ts";
import { bytesOf } from "../model/size.ts";

/** What the command line decides about a deployment. */
export interface DeploymentOptions {
  /** Image with its tag or digest. */
  readonly image: string;
  /** Size of the home and of each other volume, as in the model: `10GiB`. */
  readonly storage: string;
  /** Whether the ports of Kasm's own page can be reached. */
  readonly sidePorts: boolean;
  /** Whether all traffic goes through a tunnel. */
  readonly vpn: boolean;
  /** Whether the cluster chooses the user id, as OpenShift does. */
  readonly anyUid: boolean;
  /** Whether the network policy is Cilium's. */
  readonly cilium: boolean;
  /** Resource of a device plugin of which the desktop gets one: `nvidia.com/gpu`. @default none */
  readonly gpu?: string | undefined;
  /** Namespaces that reach the launcher; when empty, the workspace's own. */
  readonly launcherFrom: readonly string[];
}

/** A workspace as it is deployed on a cluster. */
export interface Deployment extends DeploymentOptions {
  readonly workspace: ResolvedWorkspace;
  /** Whose desktop it is, where each person has one. @default the only desktop of the workspace */
  readonly session?: SessionDeployment | undefined;
}

/** One of several desktops of a workspace. */
export interface SessionDeployment {
  /** Name of all its objects. */
  readonly name: string;
  readonly secret: string;
  /** Variables that are not secret. */
  readonly environment: Readonly<Record<string, string>>;
  readonly route?: Route | undefined;
}

/** How a desktop is reached from outside of the cluster. */
export interface Route {
  readonly host: string;
  /** With a slash at both ends. */
  readonly path: string;
  readonly gateway: { readonly name: string; readonly namespace?: string };
  /** Seconds without a visitor after which the desktop stops until the next one comes. @default it never stops */
  readonly idle?: number | undefined;
}

/** The name of the deployment and of all its objects. */
export function nameOf({ workspace, session }: Deployment): string {
  return session?.name ?? containerName(workspace.name);
}

/** Name of the Secret with the passwords. */
export function secretOf(deployment: Deployment): string {
  return deployment.session?.secret ?? nameOf(deployment);
}

/** Name and labels of an object. */
export function metadataOf(deployment: Deployment) {
  const labels = { ...labelsOf(deployment), "app.kubernetes.io/part-of": "kasmix" };
  return { name: nameOf(deployment), labels };
}

/** Labels that select the deployment's pod. They never change: a StatefulSet's selector is immutable. */
export function labelsOf(deployment: Deployment) {
  return {
    "app.kubernetes.io/name": containerName(deployment.workspace.name),
    "app.kubernetes.io/instance": nameOf(deployment),
  };
}

/**
 * Requests and limits: the model has the limits; half of them is requested, so that a node has room for idle desktops. A
 * GPU is always whole.
 */
export function resourcesOf({ workspace, gpu }: Deployment) {
  const { memory, cpus } = workspace.resources;
  return {
    requests: { cpu: cpuQuantity(cpus / 2), memory: memoryQuantity(Math.ceil(bytesOf(memory) / MIB / 2)) },
    limits: {
      cpu: cpuQuantity(cpus),
      memory: quantity(memory),
      ...(gpu === undefined ? {} : { [gpu]: "1" }),
    },
  };
}

/** A size of the model as Kubernetes gives it back: `2GiB` and `2048MiB` are `2Gi`. */
export function quantity(size: string): string {
  return memoryQuantity(bytesOf(size) / MIB);
}

const MIB = 1024 ** 2;

/** In the largest unit without a fraction, as Kubernetes gives it back: otherwise it would seem changed each time. */
function memoryQuantity(mebibytes: number): string {
  const [amount, unit] =
    mebibytes % MIB === 0
      ? [mebibytes / MIB, "Ti"]
      : mebibytes % 1024 === 0
        ? [mebibytes / 1024, "Gi"]
        : [mebibytes, "Mi"];
  return `${amount}${unit}`;
}

function cpuQuantity(cpus: number): string {
  const thousandths = Math.round(cpus * 1000);
  return thousandths % 1000 === 0 ? String(thousandths / 1000) : `${thousandths}m`;
}
