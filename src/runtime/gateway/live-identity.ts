import { X509Certificate } from "node:crypto";
import type { Log } from "../log/log.ts";
import type { Identity } from "./own-certificate.ts";
import { givenPlaces, inspect, loadIdentity, type Place } from "./tls.ts";
import { watchPaths } from "./watch-paths.ts";

/** A certificate that may be another one later. */
export interface LiveIdentity {
  /** The one to begin with. Rejects when there is none. */
  readonly first: Promise<Identity>;
  /** Calls back with each that takes its place. */
  onRenewed(listener: (identity: Identity) => void): void;
  close(): void;
}

/**
 * Loads the gateway's certificate (see `loadIdentity`) and watches where the user's may be: one that is renewed is
 * handed on at once; one that cannot be used is logged, and nothing changes, nor does it when all are gone.
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
    // The same fault is not told for each of several changes.
    if (found && fault !== undefined && fault !== lastFault) log.warn(unusable(found.path, fault));
    lastFault = fault;
    if (!found || !("identity" in found)) return;
    const { path, identity } = found;
    if (before?.cert === identity.cert && before.key === identity.key) return;
    current = Promise.resolve(identity);
    log.info(renewed(path, identity));
    for (const listener of listeners) listener(identity);
  };
  // Watched first, so that no change falls between.
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

/** What cannot be watched is tried again after each change that is seen; told it is only the first time. */
function once<T>(listener: (value: T) => void): (value: T) => void {
  let told = false;
  return (value) => {
    if (!told) listener(value);
    told = true;
  };
}

function unusable(path: string, fault: string) {
  return {
    event: "certificate.unusable",
    path,
    message: `${fault} Until then the certificate of before stays in use.`,
  };
}

function renewed(path: string, { cert }: Identity) {
  const { serialNumber, validTo } = new X509Certificate(cert);
  return { event: "certificate.renewed", path, serial: serialNumber, expires: validTo };
}

function unwatched({ code = "", message }: NodeJS.ErrnoException) {
  return {
    event: "certificate.unwatched",
    message: `A renewed certificate is taken only when the container is restarted (${message})${ADVICE[code] ?? ""}.`,
  };
}

const MORE = ": raise fs.inotify.max_user_instances and max_user_watches on the host";
const ADVICE: Readonly<Record<string, string>> = {
  EMFILE: MORE,
  ENOSPC: MORE,
  EACCES: ": let this user or its group read it",
};
