import type { Server as HttpServer } from "node:http";
import type { Socket } from "node:net";
import type { Log } from "../log/log.ts";
import { networksOf } from "./client-address.ts";
import type { Role } from "./users.ts";

/**
 * The connections that servers keep open. A new one always gets in: when there are too many strangers, which have not
 * signed in, the oldest of them is closed. So strangers shut out neither people nor health checks.
 */
export interface Admission {
  /** Counts a new connection until it closes. */
  enter(socket: Socket): void;
  /** The connection has signed in: it no longer makes room for others, and no longer counts for its address. */
  signIn(socket: Socket, role?: Role): void;
  /** Ends a stranger's connection after some answers. Call it before other listeners for requests are added. */
  limitAnswers(server: HttpServer): void;
}

export interface AdmissionOptions {
  /** Prefix of its event in the log: `gateway` logs `gateway.crowded`. */
  readonly name: string;
  readonly log: Log;
  /** What that event says. @default that strangers were closed, and what helps */
  readonly message?: string;
  /** Connections that have not signed in. @default 256 */
  readonly strangers?: number;
  /** How many of these may come from one IPv4 address or one /64 of IPv6. @default 128 */
  readonly perNetwork?: number;
  /** Connections that have signed in; further ones make room like strangers. @default 512 */
  readonly members?: number;
  /** How many of these are for the owner only. @default 128 */
  readonly reserve?: number;
  /** Monotonic milliseconds. @default performance.now */
  readonly now?: () => number;
}

/** Answers on a connection that has not signed in. */
const MOST_ANSWERS = 8;
const REMINDER = 60_000;

/** Several servers may share one, which bounds their connections together. */
export function createAdmission(options: AdmissionOptions): Admission {
  const { strangers = 256, perNetwork = 128, members = 512, reserve = 128 } = options;
  const present = new Map<unknown, Connection>();
  const crowd = new Crowd();
  const complain = createComplaint(options);
  let signedIn = 0;
  return {
    enter(socket) {
      const key = keyOf(socket);
      const [network = ""] = networksOf(socket.remoteAddress ?? "");
      const connection: Connection = { socket, network, answers: 0 };
      present.set(key, connection);
      crowd.add(connection);
      socket.once("close", () => {
        if (present.get(key) === connection) present.delete(key);
        if (connection.isMember) signedIn -= 1;
        else crowd.remove(connection);
      });
      const oldest = crowd.oldestOver(connection.network, perNetwork, strangers);
      if (!oldest) return;
      crowd.remove(oldest);
      oldest.socket.destroy();
      complain(oldest.network);
    },
    signIn(socket, role = "owner") {
      const connection = present.get(keyOf(socket));
      if (!connection || connection.isMember || connection.socket.destroyed) return;
      if (signedIn >= (role === "owner" ? members : members - reserve)) return;
      crowd.remove(connection);
      connection.isMember = true;
      signedIn += 1;
    },
    limitAnswers(server) {
      server.prependListener("request", ({ socket }, response) => {
        const connection = present.get(keyOf(socket));
        if (!connection || connection.isMember) return;
        connection.answers += 1;
        if (connection.answers >= MOST_ANSWERS) response.setHeader("Connection", "close");
      });
    },
  };
}

interface Connection {
  readonly socket: Socket;
  readonly network: string;
  answers: number;
  isMember?: boolean;
}

/** The same for a TCP connection and for TLS on it, which are two objects. A Unix socket has no address. */
function keyOf(socket: Socket): unknown {
  const { remoteAddress, remotePort, localPort } = socket;
  return remoteAddress === undefined ? socket : `${remoteAddress} ${remotePort} ${localPort}`;
}

/** The strangers by network, each network's oldest first. */
class Crowd {
  readonly #networks = new Map<string, Set<Connection>>();
  #size = 0;

  add(connection: Connection): void {
    const network = this.#networks.get(connection.network) ?? new Set();
    this.#networks.set(connection.network, network.add(connection));
    this.#size += 1;
  }

  remove(connection: Connection): void {
    const network = this.#networks.get(connection.network);
    if (!network?.delete(connection)) return;
    this.#size -= 1;
    if (network.size === 0) this.#networks.delete(connection.network);
  }

  /** Who makes room: the network's own oldest, or, with too many in all, the oldest of the network that has most. */
  oldestOver(name: string, perNetwork: number, most: number): Connection | undefined {
    const own = this.#networks.get(name);
    if (own && own.size > perNetwork) return first(own);
    if (this.#size <= most) return undefined;
    let largest: ReadonlySet<Connection> | undefined;
    for (const network of this.#networks.values()) {
      if (!largest || network.size > largest.size) largest = network;
    }
    return largest && first(largest);
  }
}

function first<T>(set: ReadonlySet<T>): T | undefined {
  return set.values().next().value;
}

const CROWDED =
  "Too many connections that have not signed in: the oldest were closed to make room. Whoever has signed in is not affected. If it goes on, block the address.";

/** Logs that connections were closed, at once and then at most once a minute. */
function createComplaint(options: AdmissionOptions) {
  const { name, log, message = CROWDED, now = () => performance.now() } = options;
  let last = Number.NEGATIVE_INFINITY;
  let closed = 0;
  return (address: string) => {
    closed += 1;
    if (now() - last < REMINDER) return;
    log.warn({ event: `${name}.crowded`, address, closed, message });
    [last, closed] = [now(), 0];
  };
}
