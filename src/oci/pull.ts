import { LABEL } from "../engine/container-options.ts";
import { type Engine, engineReason } from "../engine/detect.ts";
import { KasmixError } from "../model/error.ts";
import { type Reference, renderReference } from "./reference.ts";

/** An image in the engine. */
export interface FoundImage {
  /** One of its names. */
  readonly image: string;
  /** Its id in the engine, by which it is known here. */
  readonly digest: string;
  readonly id: string;
}

/**
 * Pulls a workspace's image by the engine, and tags it `kasmix/NAME:latest`.
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
    throw new KasmixError("E_PUBLISH", `${reference} cannot be pulled: ${engineReason(stderr)}`, {
      fix: `Check the name and the tag; if the registry asks for a login: ${engine.kind} login ${from.registry}`,
    });
  }
  const { id } = await findImage(engine, workspace, reference);
  const image = `kasmix/${name}:latest`;
  await engine.run(["tag", reference, image]);
  return { image, digest: id, id };
}

/**
 * Finds an image in the engine by any of its names.
 * @throws KasmixError E_ENGINE if it is missing, or belongs to another workspace
 */
export async function findImage(engine: Engine, workspace: string, image: string): Promise<FoundImage> {
  const format = `{{.Id}} {{index .Config.Labels "${LABEL.workspace}"}}`;
  const { ok, stdout } = await engine.attempt(["image", "inspect", "--format", format, image]);
  if (!ok) {
    throw new KasmixError("E_ENGINE", `${engine.kind} has no image ${image}.`, {
      fix: `Fetch it: ./kasmix pull ${workspace} HOST/NAME:TAG, or build it: ./kasmix up ${workspace}`,
    });
  }
  const [shown = "", owner = ""] = stdout.trim().split(" ");
  const id = shown.replace(/^(sha256:)?/, "sha256:");
  if (owner === workspace) return { image, digest: id, id };
  const whose =
    owner === "" || owner === "<no" ? "is not a Kasmix image" : `belongs to the workspace ${owner}`;
  throw new KasmixError("E_ENGINE", `${image} ${whose}, not ${workspace}.`, {
    fix: "Choose an image that was built from this workspace.",
  });
}
