import { waitUntilReady } from "../../../../src/engine/ready.ts";
import { containerName, type RunSettings } from "../../../../src/engine/settings.ts";
import { readCookie } from "../../../../src/runtime/boot/xauthority.ts";
import { freePort } from "../../../helpers/free-port.ts";
import { benchSettings, removeBenchContainer, startContainer } from "../../container.ts";
import { type Context, run } from "../../context.ts";
import { containerProcesses, findEntrypoint, type Process } from "../../processes.ts";
import type { XPlace } from "../content/painter.ts";
import { PEERS } from "./packages.ts";

/** The container in which Kasmix and its peers run, one after the other. */
export interface Ground {
  readonly context: Context;
  readonly settings: RunSettings;
  readonly name: string;
  /** Of its first process, as this machine sees it. */
  readonly pid: number;
  readonly gateway: Process;
  /** The desktop of the container itself. */
  readonly desktop: XPlace;
  /** The port of this machine behind which the container has {@link PEER_PORT}. */
  readonly peerPort: number;
  /** An X server of the container by the number of its display. */
  display(number: number): XPlace;
}

/** Where peers listen in the container. */
export const PEER_PORT = 8082;

/** Starts the container, with the folder of the peers. It is removed at the end of the bench. */
export async function startGround(context: Context, image: string, peers: string): Promise<Ground> {
  const settings = await benchSettings(context, image, `${context.workspace}-bench-picture`);
  const name = containerName(settings.workspace);
  const peerPort = await freePort();
  context.atEnd(() => removeBenchContainer(context, settings.workspace));
  await removeBenchContainer(context, settings.workspace);
  await run("E_MACHINE")`chmod -R a+rX ${peers}`;
  // Peers run without sound too.
  const options = [
    "--env",
    "KASM_SVC_AUDIO=0",
    "--publish",
    `127.0.0.1:${peerPort}:${PEER_PORT}`,
    "--volume",
    `${peers}:${PEERS}:ro`,
  ];
  await startContainer(context, settings, options);
  await waitUntilReady(context.engine, { ...settings, signal: context.signal });
  const processes = await containerProcesses(context.engine, name);
  const [pid, gateway] = [processes[0]?.pid ?? 0, findEntrypoint(processes)];
  const authority = await context.engine.run(["exec", name, "printenv", "XAUTHORITY"]);
  // Of the container's files, as this machine sees them.
  const display = (number: number): XPlace => ({
    socket: `/proc/${pid}/root/tmp/.X11-unix/X${number}`,
    cookie: readCookie(`/proc/${pid}/root${authority.trim()}`, number),
  });
  return { context, settings, name, pid, gateway, desktop: display(1), peerPort, display };
}
