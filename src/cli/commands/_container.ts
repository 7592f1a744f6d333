import type { ContainerStatus } from "../../engine/container.ts";
import type { Engine } from "../../engine/detect.ts";
import type { Context } from "../command.ts";

/** A container and the engine that runs it. */
export interface Found {
  readonly engine: Engine;
  readonly status: ContainerStatus;
}

/**
 * Finds a workspace's container. Throws E_USAGE when there is no such workspace, E_ENGINE when it has no container, or
 * with `running` when that is stopped.
 */
export async function findContainer(
  context: Context,
  workspace: string,
  { running = false } = {},
): Promise<Found> {
  const [{ detectEngine }, { containerStatus, requireContainer, requireRunning }] = await Promise.all([
    import("../../engine/detect.ts"),
    import("../../engine/container.ts"),
  ]);
  const engine = await detectEngine({ signal: context.signal });
  const { state } = await containerStatus(engine, workspace);
  if (state === "absent") {
    const { requireWorkspace } = await import("../steps.ts");
    await requireWorkspace(context, workspace);
  }
  return { engine, status: await (running ? requireRunning : requireContainer)(engine, workspace) };
}
