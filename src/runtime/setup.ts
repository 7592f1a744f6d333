import type { RuntimeConfig } from "../model/runtime.ts";
import type { Directories } from "./boot/directories.ts";
import type { TrustedProxies } from "./gateway/client-address.ts";
import type { LiveIdentity } from "./gateway/live-identity.ts";
import type { Throttle } from "./gateway/throttle.ts";
import type { PreparedKasmVnc } from "./kasmvnc/prepare.ts";
import type { Navigate } from "./launcher/navigate.ts";
import type { Activity } from "./limits/activity.ts";
import type { Log } from "./log/log.ts";
import type { LaunchApp } from "./session/launch-app.ts";
import type { LookKeeper } from "./session/look/keep.ts";
import type { ScaleKeeper } from "./session/scale/keep.ts";
import type { SidePorts } from "./side/ports.ts";
import type { Supervisor } from "./supervisor/run.ts";

/** The running parts, filled in as they start. */
export interface Life {
  supervisor?: Supervisor;
  warnings?: readonly string[];
  launch?: LaunchApp;
  navigate?: Navigate;
  scale?: ScaleKeeper;
  look?: LookKeeper;
  /** Called at a signal to stop: these close the gateway, and end the apps that people have started. */
  readonly close: (() => void)[];
}

/** Settings and parts that everything in the container is made from. */
export interface Setup {
  readonly activity: Activity;
  /** The container's environment: the settings. */
  readonly container: NodeJS.ProcessEnv;
  readonly config: RuntimeConfig;
  readonly directories: Directories;
  readonly identity: LiveIdentity;
  readonly gatewayPort: number;
  readonly ports: SidePorts;
  /** Undefined where TigerVNC is the display server. */
  readonly kasmVnc: PreparedKasmVnc | undefined;
  /** Slows down guessing at the gateway and the launcher together. */
  readonly throttle: Throttle;
  readonly proxies: TrustedProxies;
  readonly log: Log;
}
