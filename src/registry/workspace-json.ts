import type { ResolvedWorkspace } from "../model/resolve.ts";
import { bytesOf } from "../model/size.ts";
import type { SchemaVersion } from "./schemas.ts";

/** A workspace's image in a registry. */
export interface OfferedImage {
  /** Without a tag. */
  readonly repository: string;
  /** Kasm's channels, the preferred one first; at least one. */
  readonly tags: readonly string[];
  readonly architectures: readonly ("amd64" | "arm64")[];
  /** Bytes of all layers, uncompressed. */
  readonly size: number;
}

export interface WorkspaceJsonOptions {
  readonly image: OfferedImage;
  /** The versions of Kasm that the image supports: `1.18.x`. */
  readonly compatibility: readonly string[];
  /** File name of the icon, unique in the registry. */
  readonly icon: string;
}

/**
 * workspace.json as Kasm reads it, with the order of keys of Kasm's own entries. It asks neither for root nor for another
 * seccomp profile. Kasm opens an address in a running workspace by `go` and `assign`.
 */
export function workspaceJson(
  workspace: ResolvedWorkspace,
  version: SchemaVersion,
  { image, compatibility, icon }: WorkspaceJsonOptions,
): Readonly<Record<string, unknown>> {
  const { repository, tags, architectures, size } = image;
  const reference = `${repository}:${tags[0]}`;
  const megabytes = Math.ceil(size / 1e6);
  const isOld = version === "1.0";
  const { memory, cpus } = workspace.resources;
  const compatible = compatibility.map((version) => ({
    version,
    image: reference,
    uncompressed_size_mb: megabytes,
    available_tags: tags,
  }));
  return {
    description: workspace.description,
    docker_registry: `https://${repository.split("/")[0]}/`,
    image_src: icon,
    ...(isOld ? { name: reference } : {}),
    run_config: { hostname: "kasm" },
    exec_config: { go: { cmd: hook("go") }, assign: { cmd: hook("assign") } },
    categories: workspace.categories,
    friendly_name: workspace.title,
    architecture: architectures,
    compatibility: isOld ? compatibility : compatible,
    ...(isOld ? { uncompressed_size_mb: megabytes } : {}),
    cores: Math.ceil(cpus),
    memory: Math.ceil(bytesOf(memory) / 1e6),
    gpu_count: 0,
    cpu_allocation_method: "Inherit",
  };
}

function hook(name: "go" | "assign"): string {
  return `bash -c '/dockerstartup/custom_startup.sh --${name} --url "$KASM_URL"'`;
}
