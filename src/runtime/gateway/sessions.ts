import { createHash, createHmac, randomBytes } from "node:crypto";
import type { SavedSession } from "./session-file.ts";

/** Somebody who has signed in, in one browser. */
export interface Session {
  /** Id of the user. */
  readonly user: string;
}

/** The sessions of everybody who has signed in. */
export interface Sessions {
  /** Begins a session and returns its token: 256 random bits, of which only a hash is kept. */
  begin(user: string): string;
  /** The session with this token. Finding it counts as use. */
  find(token: string): Session | undefined;
  /** Keeps a session in use, as an open WebSocket does, and calls back when it ends. Returns a function that lets go. */
  hold(session: Session, onEnd: () => void): () => void;
  end(token: string): void;
  /** Ends the sessions that this user had before the container was restarted; the others end with the user's id. */
  forget(name: string): void;
  endAll(): void;
}

export interface SessionOptions {
  /** Milliseconds. */
  readonly now: () => number;
  /** Sessions of one user at once; the one that was used longest ago makes room. @default 100 */
  readonly most?: number;
  /** @default they end with this process */
  readonly over?: OverRestarts;
}

/** Lets sessions survive a restart of the container. */
export interface OverRestarts {
  /** Sessions of the process before the restart. */
  readonly saved: readonly SavedSession[];
  /** Called at changes, and now and then while a session is used. */
  save(sessions: readonly SavedSession[]): void;
  /** Users whose sessions survive: those of the start, until they are removed or changed. */
  users(): readonly LastingUser[];
}

/** A user whom the container has at each start. */
export interface LastingUser {
  readonly id: string;
  readonly name: string;
  /** Follows from the password: whoever does not know it cannot add a session to the file, and a new one ends them all. */
  readonly key: Buffer;
}

/** Milliseconds after its last use until a session ends. */
const UNUSED = 12 * 3600 * 1000;
/** Milliseconds between two saves while a session is used. */
const SAVED_EVERY = 10 * 60 * 1000;

export function createSessions({ now, most = 100, over }: SessionOptions): Sessions {
  const entries = new Map<string, Entry>();
  /** Sessions from before the restart, by their marks; one leaves this map when its token comes. */
  const recent = (over?.saved ?? []).filter(({ used }) => Date.now() - used < UNUSED);
  let earlier = new Map(recent.map((saved) => [saved.mark, saved]));
  const isOver = ({ used, holders }: Entry) => holders.size === 0 && now() - used >= UNUSED;
  const save = () => {
    const users = new Map(over?.users().map(({ id, name }) => [id, name]));
    const present = [...entries.values()].flatMap(({ user, mark, used, holders }) => {
      const name = users.get(user);
      const age = holders.size > 0 ? 0 : now() - used;
      return name === undefined || mark === undefined ? [] : [{ name, mark, used: Date.now() - age }];
    });
    over?.save([...present, ...earlier.values()]);
  };
  const add = (token: string, user: string, used: number) => {
    const key = over?.users().find(({ id }) => id === user)?.key;
    const entry = { user, mark: key && markOf(token, key), used, holders: new Set<() => void>() };
    entries.set(keyOf(token), entry);
    return entry;
  };
  const drop = (key: string) => {
    const entry = entries.get(key);
    entries.delete(key);
    for (const onEnd of [...(entry?.holders ?? [])]) onEnd();
  };
  const makeRoom = (user: string) => {
    for (const [key, entry] of entries) if (isOver(entry)) drop(key);
    const own = [...entries].filter(([, entry]) => entry.user === user);
    const [oldest] = own.sort(([, a], [, b]) => lastUse(a) - lastUse(b));
    if (oldest && own.length >= most) drop(oldest[0]);
  };
  const revive = (token: string) => {
    if (earlier.size === 0) return undefined;
    for (const { id, name, key } of over?.users() ?? []) {
      const saved = earlier.get(markOf(token, key));
      if (saved?.name !== name) continue;
      earlier.delete(saved.mark);
      makeRoom(id);
      return add(token, id, now() - Math.max(0, Date.now() - saved.used));
    }
    return undefined;
  };
  if (over) setInterval(() => entries.size > 0 && save(), SAVED_EVERY).unref();
  return {
    begin(user) {
      makeRoom(user);
      const token = randomBytes(32).toString("base64url");
      add(token, user, now());
      save();
      return token;
    },
    find(token) {
      const entry = entries.get(keyOf(token)) ?? revive(token);
      if (!entry || isOver(entry)) return undefined;
      entry.used = now();
      return entry;
    },
    hold(session, onEnd) {
      const entry = session as Entry;
      const holder = () => onEnd();
      entry.holders.add(holder);
      return () => {
        if (!entry.holders.delete(holder)) return;
        entry.used = now();
        if (entry.holders.size === 0) save();
      };
    },
    end(token) {
      revive(token);
      drop(keyOf(token));
      save();
    },
    forget(name) {
      earlier = new Map([...earlier].filter(([, saved]) => saved.name !== name));
      save();
    },
    endAll() {
      earlier.clear();
      for (const key of [...entries.keys()]) drop(key);
      save();
    },
  };
}

interface Entry extends Session {
  /** Identifies it in the file; undefined for users whose sessions end with this process. */
  readonly mark: string | undefined;
  /** When it was used last. */
  used: number;
  readonly holders: Set<() => void>;
}

function lastUse({ used, holders }: Entry): number {
  return holders.size > 0 ? Number.MAX_VALUE : used;
}

/** Sessions are found by a hash, so that the time of the search tells nothing about the tokens. */
function keyOf(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}

/** Shows that the session was begun by a process that knew the user's password. */
function markOf(token: string, key: Buffer): string {
  return createHmac("sha256", key).update(token).digest("base64url");
}
