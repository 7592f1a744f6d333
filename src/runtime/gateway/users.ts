import { randomBytes } from "node:crypto";
import { type Digest, digestOf, digestOfNothing, matches } from "./digest.ts";

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

/** A user from the start, whose password may be known by its digest only. */
export interface FirstUser extends Omit<UserChange, "password"> {
  readonly password?: string | Digest;
  /** Called once, when somebody signs in with this password. */
  readonly onFirstUse?: () => void;
}

/** The users who may sign in, in memory only. Only salted digests of their passwords are kept. */
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

type Entry = User & { readonly digest: Digest; onFirstUse?: (() => void) | undefined };

/** Creates the list with its first users. A user without a password cannot sign in. */
export function createUsers(first: readonly FirstUser[]): Users {
  const entries = new Map<string, Entry>();
  const { onRevoked, revoke } = createRevocations();
  const put = ({ name, password, onFirstUse, ...rights }: FirstUser) => {
    const before = entries.get(name);
    const known = password ?? before?.digest ?? digestOfNothing();
    const digest = typeof known === "string" ? digestOf(name, known) : known;
    const id = randomBytes(12).toString("base64url");
    entries.set(name, { id, name, digest, onFirstUse, rights: { ...NONE, ...before?.rights, ...rights } });
    if (before) revoke(before);
  };
  for (const user of first) put(user);
  return {
    list: () => [...entries.values()],
    find: (name) => entries.get(name),
    withId: (id) => [...entries.values()].find((entry) => entry.id === id),
    withPassword(name, password) {
      const [found] = [...entries.values()].filter(({ digest }) => matches(digest, name, password));
      found?.onFirstUse?.();
      if (found) delete found.onFirstUse;
      return found;
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
