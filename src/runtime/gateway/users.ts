import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** KasmVNC's rights: see the desktop; type and click; use the owner's addresses. */
export interface Rights {
  readonly read: boolean;
  readonly write: boolean;
  readonly owner: boolean;
}

/** The owner may do everything, a participant may type and click, a viewer may only watch. */
export type Role = "owner" | "participant" | "viewer";

export interface User {
  /** Random, and new after every change of the user: sessions and connections under the former id end. */
  readonly id: string;
  readonly name: string;
  readonly rights: Rights;
}

/** A change of a user, or a new user. */
export interface UserChange extends Partial<Rights> {
  readonly name: string;
  readonly password?: string;
}

/** The users who may sign in, in memory only. Passwords are stored as a digest under a key of this process. */
export interface Users {
  list(): readonly User[];
  find(name: string): User | undefined;
  withId(id: string): User | undefined;
  /** The user with this name and password. Takes constant time. */
  withPassword(name: string, password: string): User | undefined;
  /** Adds a user or changes the one of that name. Missing rights stay as they are; a new user does not have them. */
  put(change: UserChange): void;
  remove(name: string): void;
  /** Calls back once when this id becomes invalid. Returns a function that cancels this. */
  onRevoked(id: string, listener: () => void): () => void;
}

type Entry = User & { readonly digest: Buffer };

/** Creates the list with its first users. A user without a password cannot sign in. */
export function createUsers(first: readonly UserChange[]): Users {
  const key = randomBytes(32);
  const digestOf = (text: string) => createHmac("sha256", key).update(text).digest();
  const entries = new Map<string, Entry>();
  const { onRevoked, revoke } = createRevocations();
  const put = ({ name, password, ...rights }: UserChange) => {
    const before = entries.get(name);
    const digest =
      password === undefined ? (before?.digest ?? randomBytes(32)) : digestOf(`${name}:${password}`);
    const id = randomBytes(12).toString("base64url");
    entries.set(name, { id, name, digest, rights: { ...NONE, ...before?.rights, ...rights } });
    if (before) revoke(before);
  };
  for (const user of first) put(user);
  return {
    list: () => [...entries.values()],
    find: (name) => entries.get(name),
    withId: (id) => [...entries.values()].find((entry) => entry.id === id),
    withPassword(name, password) {
      const given = digestOf(`${name}:${password}`);
      return [...entries.values()].filter(({ digest }) => timingSafeEqual(given, digest))[0];
    },
    put,
    remove(name) {
      const before = entries.get(name);
      entries.delete(name);
      if (before) revoke(before);
    },
    onRevoked,
  };
}

function createRevocations(): Pick<Users, "onRevoked"> & { revoke(user: User): void } {
  const waiting = new Map<string, Set<() => void>>();
  return {
    onRevoked(id, listener) {
      const listeners = waiting.get(id) ?? new Set();
      waiting.set(id, listeners.add(listener));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) waiting.delete(id);
      };
    },
    revoke({ id }) {
      const listeners = waiting.get(id) ?? [];
      waiting.delete(id);
      for (const listener of listeners) listener();
    },
  };
}

const NONE: Rights = { read: false, write: false, owner: false };

/** The role that a user's rights give; undefined without any right. */
export function roleOf({ rights: { read, write, owner } }: User): Role | undefined {
  if (owner) return "owner";
  if (write) return "participant";
  return read ? "viewer" : undefined;
}
