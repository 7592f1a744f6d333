import type { Directories } from "../boot/directories.ts";
import type { Listener } from "../gateway/listen.ts";
import type { Refusal, Refused } from "../gateway/routes.ts";
import type { Route, SocketRoute } from "../gateway/table.ts";
import type { Log } from "../log/log.ts";
import type { SidePorts } from "./ports.ts";

/** What side services are opened with. */
export interface SideOptions {
  /** The container's environment: the settings. */
  readonly environment: NodeJS.ProcessEnv;
  readonly directories: Directories;
  readonly ports: SidePorts;
  readonly log: Log;
}

/**
 * What lives beside the screen: sound, microphone, files, gamepad. It runs in the gateway's process and is reached
 * through addresses on the gateway's port and, for clients of Kasm's kind, on ports of its own.
 */
export interface SideService {
  /** What the client knows it by. It is told of those that have an address which the visitor may use. */
  readonly name: string;
  readonly routes?: readonly Route[];
  readonly sockets?: readonly SocketRoute[];
  readonly ports?: readonly SidePort[];
  /** What the client is told about it in /api/services, such as limits. */
  facts?(): Readonly<Record<string, unknown>>;
  /** Ends what it began and says goodbye to who is connected; the gateway closes the ports. */
  close(): void;
}

/** A port of its own, with the gateway's certificate and passwords. There are no cookies here. */
export interface SidePort {
  readonly number: number;
  readonly listener: Listener;
  readonly routes?: readonly Route[];
  readonly sockets?: readonly SocketRoute[];
  /** How it says that a request is not admitted, where others expect another answer than the gateway's. */
  readonly refuse?: (verdict: Refused, authorization: string | undefined) => Refusal;
}
