import { createHash } from "node:crypto";
import {
  bracket,
  CONTAINER_PORT,
  containerShape,
  LABEL,
  renderShapeOptions,
  type ShapeSettings,
} from "./container-options.ts";
import type { Engine } from "./detect.ts";
import { type Extras, extrasEnvironment, renderExtras } from "./extras.ts";

export { containerName, LABEL, volumeName } from "./container-options.ts";

/** How a workspace's container runs; decides whether a running one can stay. */
export interface RunSettings extends ShapeSettings {
  /** Image to run, by tag or id. */
  readonly image: string;
  /** The image's digest, for people. */
  readonly digest: string;
  /** The image's id in the engine: the same under each of its names. */
  readonly id: string;
  readonly password: string;
  /** @default none */
  readonly extras?: Extras;
}

/** The port in the notation of `inspect`. */
export const CONTAINER_PORT_KEY = `${CONTAINER_PORT}/tcp`;

/**
 * Arguments of `docker create` (and Podman's). Neither the password nor other values of variables are among them: `--env
 * VNC_PW` without a value takes it from the environment (`createEnvironment`), so that it never shows in a process list.
 */
export function renderCreateArguments(
  settings: RunSettings,
  { kind, createOptions }: Pick<Engine, "kind" | "createOptions"> = { kind: "docker", createOptions: [] },
): string[] {
  return [
    "create",
    ...renderShapeOptions(containerShape(settings)),
    ...(settings.extras === undefined ? [] : renderExtras(settings.extras, kind)),
    ...["--label", `${LABEL.digest}=${settings.digest}`],
    ...["--label", `${LABEL.settings}=${fingerprint(settings)}`],
    // Whoever has that name in a public registry decides nothing here.
    ...["--pull", "never"],
    ...createOptions,
    settings.image,
  ];
}

/** The environment in which the engine creates the container. */
export function createEnvironment({ password, extras }: RunSettings): Readonly<Record<string, string>> {
  return { ...(extras === undefined ? {} : extrasEnvironment(extras)), VNC_PW: password };
}

/** Identifies settings without revealing them: the password is one of them. */
export function fingerprint(settings: RunSettings): string {
  const { image: _image, digest: _digest, ...rest } = settings;
  const given = Object.entries(rest).filter(([, value]) => value !== undefined);
  const sorted = given.sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex").slice(0, 32);
}

/** The address for a browser on this machine. */
export function renderUrl(bind: string, port: number): string {
  return `https://${["127.0.0.1", "0.0.0.0", "::"].includes(bind) ? "localhost" : bracket(bind)}:${port}/`;
}
