import { readFile } from "node:fs/promises";
import { runProcess } from "../../../src/engine/process.ts";
import type { LayerFile } from "./layout.ts";

/**
 * A layer with a static busybox as /bin/sh: the smallest thing that runs in a container. It comes from this
 * machine's busybox-static, or else is fetched as a package and taken out of it.
 */
export async function busyboxLayer(): Promise<readonly LayerFile[]> {
  const content = await readFile("/bin/busybox").catch(fromPackage);
  return [
    { name: "bin/sh", content, mode: 0o755 },
    { name: "home/kasm-user/.seed", content: "", mode: 0o644 },
  ];
}

async function fromPackage(): Promise<Buffer> {
  const script =
    'cd "$(mktemp -d)" && apt-get download -qq busybox-static >&2 && dpkg-deb --fsys-tarfile *.deb |';
  const { stdout } = await runProcess("sh", [
    "-c",
    `${script} tar -xf - && find "$PWD" -path '*/bin/busybox' -type f`,
  ]);
  return readFile(stdout.trim().split("\n")[0] ?? "");
}
