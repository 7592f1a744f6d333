import type { Engine } from "../../engine/detect.ts";
import type { Extras } from "../../engine/extras.ts";
import type { RunResult } from "../../engine/run.ts";
import type { Workspace } from "../../model/types.ts";
import type { Context } from "../command.ts";
import { shortDigest } from "../steps.ts";

/** The result of `up` and `run`: the desktop's address and login. */
export interface Started {
  readonly workspace: string;
  readonly url: string;
  readonly username: "kasm_user";
  readonly password: string;
  readonly container: string;
  readonly image: string;
  readonly digest: string;
}

export interface StartOptions {
  readonly workspace: Workspace;
  /** Tag, digest and id of the loaded image. */
  readonly image: string;
  readonly digest: string;
  readonly id: string;
  readonly port: number;
  readonly bind: string;
  readonly extras: Extras;
}

/** Starts or upgrades a workspace's container and waits until its desktop is ready. */
export async function startWorkspace(
  context: Context,
  engine: Engine,
  options: StartOptions,
): Promise<Started> {
  const [
    { availableCpus },
    { runContainer },
    { waitUntilReady },
    { workspacePassword },
    { renderUrl },
    { resolveWorkspace },
  ] = await Promise.all([
    import("../../engine/cpus.ts"),
    import("../../engine/run.ts"),
    import("../../engine/ready.ts"),
    import("../../engine/password.ts"),
    import("../../engine/settings.ts"),
    import("../../model/resolve.ts"),
  ]);
  const { workspace, image, digest, id, port, bind } = options;
  const { VNC_PW, ...environment } = options.extras.environment;
  const { name } = workspace;
  const { resources, volumes } = resolveWorkspace(workspace);
  const own = VNC_PW === undefined ? process.env : { ...process.env, VNC_PW };
  const [password, cpus] = await Promise.all([
    workspacePassword(engine, name, own),
    availableCpus(engine, resources.cpus),
  ]);
  const result = await runContainer(engine, {
    workspace: name,
    ...{ image, digest, id, port, bind, password, volumes },
    ...resources,
    cpus,
    extras: { ...options.extras, environment },
  });
  context.output.step(describe(result, name, digest));
  const bar = context.output.progress("Waiting for the desktop");
  await waitUntilReady(engine, { workspace: name, bind, port, signal: context.signal });
  bar.end("The desktop is ready");
  const url = renderUrl(bind, port);
  const { container } = result;
  return { workspace: name, url, username: "kasm_user", password, container, image, digest };
}

/** The address and the way in, for people. */
export function renderStarted({ url, username, password }: Started): string {
  return [`Address:  ${url}`, `User:     ${username}`, `Password: ${password}`].join("\n");
}

function describe({ action, container }: RunResult, name: string, digest: string): string {
  if (action === "unchanged")
    return `${name} is already running as ${container}, with this image and settings`;
  if (action === "upgraded") return `Upgraded ${container} to ${shortDigest(digest)}; its home volume stayed`;
  return `Started ${container}`;
}
