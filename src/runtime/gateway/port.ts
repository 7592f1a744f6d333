import type { Log } from "../log/log.ts";
import { type Listener, portFrom } from "./listen.ts";

const DEFAULT_PORT = 6901;

/** The gateway, to whoever listens for it. */
export const GATEWAY: Listener = {
  name: "gateway",
  setting: "NO_VNC_PORT",
  loss: "the desktop cannot be reached",
};

/** The port that NO_VNC_PORT asks for. What is no port is logged, and 6901 is taken. @default 6901 */
export function wantedPort(environment: NodeJS.ProcessEnv, log: Log): number {
  return portFrom(environment, GATEWAY, DEFAULT_PORT, log);
}
