import type { Directories } from "../boot/directories.ts";
import type { Listener } from "../gateway/listen.ts";
import type { Metric } from "../gateway/metrics.ts";
import type { Needs, Route, SocketRoute } from "../gateway/route.ts";
import type { Refusal, Refused } from "../gateway/router.ts";
import type { Log } from "../log/log.ts";
import type { Recorder } from "../recording/recorder.ts";
import type { Hub } from "../screen/hub.ts";
import type { Audience } from "../sound/audience.ts";
import type { SidePorts } from "./ports.ts";

export interface SideOptions {
  /** The container's environment: the settings. */
  readonly environment: NodeJS.ProcessEnv;
  readonly directories: Directories;
  readonly ports: SidePorts;
  /** Most frames per second of the picture; undefined where the display server streams it by itself. */
  readonly frameRate?: number;
  /** Called at input that the X server does not know of. */
  readonly onInput?: () => void;
  readonly log: Log;
}

/**
 * A service beside the screen, such as sound, microphone, files or gamepad. It runs in the gateway's process and has
 * addresses on the gateway's port and, for Kasm's client, on ports of its own.
 */
export interface SideService {
  /** Its name in /api/services, which lists the services with an address that the visitor may use. */
  readonly name: string;
  /** Who sees it in /api/services if it has no address. */
  readonly seenBy?: Needs;
  readonly routes?: readonly Route[];
  readonly sockets?: readonly SocketRoute[];
  readonly ports?: readonly SidePort[];
  /** Facts for the client in /api/services, such as limits. */
  facts?(): Readonly<Record<string, unknown>>;
  /** What it adds to /metrics. */
  metrics?(): readonly Metric[];
  /** What it offers to services that open after it, and to kasmixctl. */
  readonly offers?: Offers;
  /** Stops what it has started and closes its WebSockets; the gateway closes the ports. */
  close(): void;
}

export interface Offers {
  readonly screen?: Hub;
  /** Packets of Opus as in src/wire/sound.ts. */
  readonly sound?: Audience;
  readonly recorder?: Recorder;
}

/** A port with the gateway's certificate and passwords, but without cookies. */
export interface SidePort {
  readonly number: number;
  readonly listener: Listener;
  readonly routes?: readonly Route[];
  readonly sockets?: readonly SocketRoute[];
  /** The answer to requests that are not admitted. @default the gateway's */
  readonly refuse?: (verdict: Refused, authorization: string | undefined) => Refusal;
}
