import type { Log } from "../log/log.ts";
import { type Listener, portFrom } from "./listen.ts";

const DEFAULT_PORT = 6901;

export const GATEWAY: Listener = {
  name: "gateway",
  setting: "NO_VNC_PORT",
  loss: "the desktop cannot be reached",
};

/** The port in NO_VNC_PORT. An invalid port is logged and the default used. @default 6901 */
export function wantedPort(environment: NodeJS.ProcessEnv, log: Log): number {
  return portFrom(environment, GATEWAY, DEFAULT_PORT, log);
}
