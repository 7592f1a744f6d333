import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** What a user may do, as KasmVNC divides it: see the desktop; type and click; use the owner's addresses. */
export interface Rights {
  readonly read: boolean;
  readonly write: boolean;
  readonly owner: boolean;
}

/** Who is asking: the owner may do everything, a participant type and click, a viewer only look. */
export type Role = "owner" | "participant" | "viewer";

/** Somebody who has a password. */
export interface User {
  /** A random one, and another one after every change: what was allowed under it ends with it. */
  readonly id: string;
  readonly name: string;
  readonly rights: Rights;
}

/** What is to become of a user. */
export interface UserChange extends Partial<Rights> {
  readonly name: string;
  readonly password?: string;
}

/** Those who may sign in. They are in memory only, and no password is kept: only a digest under a key of this process. */
export interface Users {
  list(): readonly User[];
  find(name: string): User | undefined;
  withId(id: string): User | undefined;
  /** The user whom this password belongs to. Takes the same time whatever is wrong. */
  withPassword(name: string, password: string): User | undefined;
  /** Adds a user, or changes the one of that name: what is not said stays as it is, and is nothing for a new one. */
  put(change: UserChange): void;
  remove(name: string): void;
  /** Calls back once when this id is good for nothing any more. Gives a function that stops waiting. */
  onRevoked(id: string, listener: () => void): () => void;
}

type Entry = User & { readonly digest: Buffer };

/** The users to begin with. One without a password cannot sign in. */
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

/** What a user is let in as; undefined when there is nothing that they may do. Who may click also sees. */
export function roleOf({ rights: { read, write, owner } }: User): Role | undefined {
  if (owner) return "owner";
  if (write) return "participant";
  return read ? "viewer" : undefined;
}
