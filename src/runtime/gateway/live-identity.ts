import { X509Certificate } from "node:crypto";
import type { Log } from "../log/log.ts";
import { givenPlaces, inspect, loadIdentity, type Place } from "./certificate.ts";
import type { Identity } from "./self-signed.ts";
import { watchPaths } from "./watch-paths.ts";

/** A certificate that may be renewed while the gateway runs. */
export interface LiveIdentity {
  /** The certificate at the start. Rejects without one. */
  readonly first: Promise<Identity>;
  /** Calls back with each later certificate. */
  onRenewed(listener: (identity: Identity) => void): void;
  close(): void;
}

/**
 * Loads the gateway's certificate (see `loadIdentity`) and watches the places of the user's certificates. A renewed
 * certificate replaces the current one at once; an unusable one is logged and the current one stays, as it does when
 * all are deleted.
 */
export function openIdentity(environment: NodeJS.ProcessEnv, home: string, log: Log): LiveIdentity {
  const places = givenPlaces(environment, home);
  const listeners: ((identity: Identity) => void)[] = [];
  let current: Promise<Identity | undefined>;
  let lastFault: string | undefined;
  const look = async () => {
    const before = await current;
    const found = firstOf(places);
    const fault = found && "fault" in found ? found.fault : undefined;
    // Several changes with the same fault are logged once.
    if (found && fault !== undefined && fault !== lastFault) log.warn(unusable(found.path, fault));
    lastFault = fault;
    if (!found || !("identity" in found)) return;
    const { path, identity } = found;
    if (before?.cert === identity.cert && before.key === identity.key) return;
    current = Promise.resolve(identity);
    log.info(renewed(path, identity));
    for (const listener of listeners) listener(identity);
  };
  // Watch before loading, so that no change is missed.
  const close = watchPaths(
    places.flatMap(({ cert, key }) => [cert, key]),
    () => void look(),
    once((error: Error) => log.warn(unwatched(error))),
  );
  const first = loadIdentity(environment, home, log);
  current = first.catch(() => undefined);
  return { first, onRenewed: (listener) => void listeners.push(listener), close };
}

function firstOf(places: readonly Place[]) {
  for (const place of places) {
    const found = inspect(place);
    if (found) return { path: place.cert, ...found };
  }
  return undefined;
}

/** Watching is retried after each change; only the first failure is logged. */
function once<T>(listener: (value: T) => void): (value: T) => void {
  let called = false;
  return (value) => {
    if (!called) listener(value);
    called = true;
  };
}

function unusable(path: string, fault: string) {
  return {
    event: "certificate.unusable",
    path,
    message: `${fault} Until then the previous certificate stays in use.`,
  };
}

function renewed(path: string, { cert }: Identity) {
  const { serialNumber, validTo } = new X509Certificate(cert);
  return { event: "certificate.renewed", path, serial: serialNumber, expires: validTo };
}

function unwatched({ code = "", message }: NodeJS.ErrnoException) {
  return {
    event: "certificate.unwatched",
    message: `A renewed certificate is only used after a restart of the container (${message})${ADVICE[code] ?? ""}.`,
  };
}

const MORE = ": raise fs.inotify.max_user_instances and max_user_watches on the host";
const ADVICE: Readonly<Record<string, string>> = {
  EMFILE: MORE,
  ENOSPC: MORE,
  EACCES: ": give this user or its group read permission",
};
