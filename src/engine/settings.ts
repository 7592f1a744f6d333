import { createHash } from "node:crypto";
import {
  bracket,
  CONTAINER_PORT,
  containerShape,
  LABEL,
  renderShapeOptions,
  type ShapeSettings,
} from "./container-options.ts";

export { containerName, LABEL, volumeName } from "./container-options.ts";

/** How a workspace's container runs; decides whether a running one can stay. */
export interface RunSettings extends ShapeSettings {
  /** Image to run, by tag or id. */
  readonly image: string;
  /** The image's digest. */
  readonly digest: string;
  readonly password: string;
}

/** The port in the notation of `inspect`. */
export const CONTAINER_PORT_KEY = `${CONTAINER_PORT}/tcp`;

/**
 * Arguments of `docker create` (and Podman's). The password is not among them: `--env VNC_PW` without a value takes it from
 * the environment, so that it never shows in a process list.
 */
export function renderCreateArguments(
  settings: RunSettings,
  engineOptions: readonly string[] = [],
): string[] {
  return [
    "create",
    ...renderShapeOptions(containerShape(settings)),
    ...["--label", `${LABEL.digest}=${settings.digest}`],
    ...["--label", `${LABEL.settings}=${fingerprint(settings)}`],
    ...engineOptions,
    settings.image,
  ];
}

/** Identifies settings without revealing them: the password is one of them. */
export function fingerprint(settings: RunSettings): string {
  const { image: _image, ...rest } = settings;
  const sorted = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex").slice(0, 32);
}

/** The address for a browser on this machine. */
export function renderUrl(bind: string, port: number): string {
  return `https://${["127.0.0.1", "0.0.0.0", "::"].includes(bind) ? "localhost" : bracket(bind)}:${port}/`;
}
