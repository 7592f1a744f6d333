import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { readVariable } from "./derivations.ts";
import type { Engine } from "./detect.ts";
import type { Image, ImageLayer } from "./image.ts";
import { sendImage } from "./load.ts";

/** Layers of an image that are sent to the engine while others are still being built. */
export interface EarlyLoad {
  /** Called whenever something has been built: sends what is ready, unless something is being sent. */
  look(): void;
  /** Whether something is being sent. */
  isBusy(): boolean;
  /** Sends nothing more, waits for what is being sent, and tells how much that was. */
  finish(): Promise<{ readonly layers: number; readonly bytes: number }>;
  /** Removes from the engine what no complete image needs. */
  forget(): Promise<void>;
}

/**
 * Sends the layers of a derivation's image, from the lowest up, as soon as they are built: an image without a name for each
 * time. What fails here is left to the load of the complete image. `undefined` for an engine that would not keep single
 * layers: Podman, and Docker with containerd's store.
 */
export async function loadEarly(
  engine: Engine,
  derivation: string,
  signal: AbortSignal,
): Promise<EarlyLoad | undefined> {
  const content = await readFile(derivation, "utf8").catch(() => ""); // another machine's store
  const folders = readVariable(content, "layers").split(" ").filter(Boolean);
  if (folders.length === 0 || !(await keepsLayers(engine))) return undefined;
  const scratch = await mkdtemp(path.join(tmpdir(), "kasmix-early-"));
  const ids: string[] = [];
  const total = { layers: 0, bytes: 0 };
  let last = 0; // layers that the engine has
  let over = false;
  let sending: Promise<void> | undefined;

  const send = async (layers: readonly ImageLayer[]): Promise<void> => {
    const image = await describe(layers, scratch);
    const { kept, bytesSent } = await sendImage(engine, image, { signal });
    if (kept < layers.length) ids.push(image.config.digest);
    total.layers += layers.length - kept;
    total.bytes += bytesSent;
    last = layers.length;
  };
  const look = (): void => {
    if (over || sending !== undefined) return;
    const layers = readLayers(folders);
    if (layers.length <= last) return;
    sending = send(layers)
      .catch(() => {
        over = true;
      })
      .finally(() => {
        sending = undefined;
        look();
      });
  };
  return {
    look,
    isBusy: () => sending !== undefined,
    async finish() {
      over = true;
      await sending;
      return total;
    },
    async forget() {
      over = true;
      await sending;
      if (ids.length > 0) await engine.attempt(["image", "rm", ...ids], { signal: undefined });
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

async function keepsLayers(engine: Engine): Promise<boolean> {
  if (engine.kind !== "docker") return false;
  const { ok, stdout } = await engine.attempt(["info", "--format", "{{json .DriverStatus}}"]);
  return ok && !stdout.includes("io.containerd.snapshotter");
}

/** The layers that are built, from the lowest up to the first that is not. */
function readLayers(folders: readonly string[]): ImageLayer[] {
  const missing = folders.findIndex((folder) => !existsSync(path.join(folder, "digest")));
  return folders.slice(0, missing < 0 ? folders.length : missing).map((folder) => {
    const [digest = "", size = ""] = ["digest", "size"].map((name) =>
      readFileSync(path.join(folder, name), "utf8").trim(),
    );
    return {
      digest: `sha256:${digest}`,
      size: Number(size),
      file: path.join(folder, "layer.tar"),
      kind: "early",
    };
  });
}

/** An image of these layers and nothing else. */
async function describe(layers: readonly ImageLayer[], folder: string): Promise<Image> {
  const rootfs = { type: "layers", diff_ids: layers.map(({ digest }) => digest) };
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const text = JSON.stringify({ architecture, os: "linux", config: {}, rootfs });
  const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
  const file = path.join(folder, `${layers.length}.json`);
  await writeFile(file, text);
  const config = { digest, size: text.length, file };
  return { name: "", directory: folder, digest, config, layers, sources: [] };
}
