import type { Builds } from "./builds.ts";
import { MIB } from "./context.ts";
import type { EntrypointMemory } from "./memory.ts";
import type { Row, Target } from "./report.ts";
import type { Startup } from "./startup.ts";
import { median } from "./statistics.ts";

const atMost = (limit: number): Target => ({ of: "value", limit });
const ratioAtMost = (limit: number): Target => ({ of: "ratio", limit });

/** The table's rows about building; the median of repeated measurements. */
export function buildRows({ kasmix, dockerfile }: Builds): Row[] {
  const { plain, slim } = dockerfile ?? {};
  const { size } = kasmix;
  const row = (
    name: string,
    unit: Row["unit"],
    ours: number,
    theirs: number | undefined,
    target?: Target,
  ): Row => ({
    ...{ name, unit, kasmix: ours },
    ...(theirs === undefined ? {} : { dockerfile: theirs }),
    ...(target === undefined ? {} : { target }),
  });
  const unchanged = plain && median(plain.unchanged);
  const changed = plain && median(plain.change);
  return [
    row("cold build, packages on disk", "s", kasmix.cold, plain?.cold, ratioAtMost(1)),
    row("… Dockerfile's base made too", "s", kasmix.cold, plain && plain.base + plain.cold),
    row("… loaded into the engine too", "s", kasmix.loaded, plain?.cold, ratioAtMost(0.9)),
    row("… on a slim base", "s", kasmix.cold, slim?.cold),
    row("build without a change", "s", median(kasmix.unchanged), unchanged, atMost(0.4)),
    row("script changed to 6901 answering", "s", median(kasmix.change.answering), changed, atMost(2)),
    row("script changed to desktop ready", "s", median(kasmix.change.ready), undefined),
    row("image", "MiB", size.plain, plain?.size.plain, ratioAtMost(0.75)),
    row("image, layers by gzip -6", "MiB", size.gzip, plain?.size.gzip, ratioAtMost(0.75)),
    ...(kasmix.zstd === undefined ? [] : [row("image, layers by zstd -3", "MiB", kasmix.zstd, undefined)]),
    row("image, on a slim base", "MiB", size.plain, slim?.size.plain),
    row("image, on a slim base, gzip -6", "MiB", size.gzip, slim?.size.gzip),
  ];
}

/** The table's rows about a container that starts: medians, and the last container at rest. */
export function startRows({ answering, painted, idleMemory, processes }: Startup): Row[] {
  return [
    {
      name: "docker run to 6901 answering",
      unit: "s",
      kasmix: median(answering),
      target: atMost(0.6),
    },
    { name: "docker run to desktop painted", unit: "s", kasmix: median(painted), target: atMost(1.5) },
    { name: "memory, idle", unit: "MiB", kasmix: idleMemory, target: atMost(250) },
    { name: "processes, idle", unit: "", kasmix: processes },
  ];
}

/** The table's rows about the process that is supervisor and gateway. */
export function entrypointRows({ idle, afterViewer }: EntrypointMemory): Row[] {
  return [
    { name: "supervisor and gateway, RSS", unit: "MiB", kasmix: idle.rss / MIB, target: atMost(60) },
    { name: "… after a viewer", unit: "MiB", kasmix: afterViewer.rss / MIB, target: atMost(60) },
    { name: "… PSS", unit: "MiB", kasmix: idle.pss / MIB },
    { name: "… PSS, after a viewer", unit: "MiB", kasmix: afterViewer.pss / MIB },
    { name: "… pages of its own", unit: "MiB", kasmix: idle.own / MIB },
    { name: "… pages of its own, after a viewer", unit: "MiB", kasmix: afterViewer.own / MIB },
  ];
}
