import { type Engine, engineReason } from "../engine/detect.ts";
import { KasmixError } from "../model/error.ts";
import { type Reference, renderReference } from "./reference.ts";

/** An image that the engine has. */
export interface FoundImage {
  /** A name of it. */
  readonly image: string;
  /** What the engine knows it by. */
  readonly digest: string;
}

/**
 * Has the engine fetch a workspace's image, and gives it the tag `kasmix/NAME:latest`.
 * @param name of the image, such as desktop-kasmvnc @default the workspace's
 * @throws KasmixError E_PUBLISH with the registry's reason, E_ENGINE when it is another workspace's image
 */
export async function pullImage(
  engine: Engine,
  workspace: string,
  from: Reference,
  name = workspace,
): Promise<FoundImage> {
  const reference = renderReference(from);
  const { ok, stderr } = await engine.attempt(["pull", "--quiet", reference]);
  if (!ok) {
    throw new KasmixError("E_PUBLISH", `${reference} cannot be had: ${engineReason(stderr)}`, {
      fix: `Look at name and tag; where one has to sign in: ${engine.kind} login ${from.registry}`,
    });
  }
  const { digest } = await findImage(engine, workspace, reference);
  const image = `kasmix/${name}:latest`;
  await engine.run(["tag", reference, image]);
  return { image, digest };
}

/**
 * Finds an image in the engine by any name it has there.
 * @throws KasmixError E_ENGINE when there is none, or it is not this workspace's
 */
export async function findImage(engine: Engine, workspace: string, image: string): Promise<FoundImage> {
  const format = `{{.Id}} {{index .Config.Labels "${LABEL}"}}`;
  const { ok, stdout } = await engine.attempt(["image", "inspect", "--format", format, image]);
  if (!ok) {
    throw new KasmixError("E_ENGINE", `${engine.kind} has no image ${image}.`, {
      fix: `Fetch it: ./kasmix pull ${workspace} HOST/NAME:TAG, or build it: ./kasmix up ${workspace}`,
    });
  }
  const [id = "", owner = ""] = stdout.trim().split(" ");
  if (owner === workspace) return { image, digest: id.replace(/^(sha256:)?/, "sha256:") };
  const whose = owner === "" || owner === "<no" ? "is no Kasmix image" : `is the workspace ${owner}`;
  throw new KasmixError("E_ENGINE", `${image} ${whose}, not ${workspace}.`, {
    fix: "Name an image that was built from this workspace.",
  });
}

/** Tells of every image which workspace it is. */
const LABEL = "io.kasmix.workspace";
