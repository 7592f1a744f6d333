import { createHmac } from "node:crypto";
import { type Digest, renderDigest } from "./digest.ts";
import { newCookieName, type SessionFile } from "./session-file.ts";
import { createSessions, type LastingUser, type Session } from "./sessions.ts";
import { createThrottle, type Throttle } from "./throttle.ts";
import { createUsers, type Role, roleOf, type User, type Users } from "./users.ts";

/** The users that the container's environment names; Kasm's platform relies on `kasm_user`. */
export const USERS = { owner: "kasm_user", viewer: "kasm_viewer" } as const;

/** Without a password for viewers, nobody can sign in as one. */
export interface Passwords {
  readonly owner: string | Digest;
  readonly viewer?: string;
  /** Called when the owner signs in for the first time. */
  readonly onFirstUse?: () => void;
}

/** The part of a request that decides whether it is admitted. */
export interface Claim {
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
  /** The sender's address: see `TrustedProxies.clientOf`. */
  readonly address: string;
  /**
   * Whether a right password begins a session: browsers send no password with the WebSockets of a page. Programs send it
   * with each request. @default false
   */
  readonly wantsSession?: boolean;
}

/** What somebody has filled in to sign in. */
export interface Credentials {
  readonly name: string;
  readonly password: string;
  readonly address: string;
  /** The browser's cookies: a session that it has already ends. */
  readonly cookie: string | undefined;
}

/** Somebody who is let in. */
export interface Admitted {
  readonly outcome: "admitted";
  readonly role: Role;
  readonly user: User;
  /** What a cookie admitted. */
  readonly session?: Session;
  /** The cookie of a session that has just begun. */
  readonly setCookie?: string;
}

/** `missing`: no credentials. `wait`: too many failures, try again in `seconds`. */
export type Verdict =
  | Admitted
  | { readonly outcome: "missing" }
  | { readonly outcome: "wrong" }
  | { readonly outcome: "wait"; readonly seconds: number };

/** Admits requests by Basic credentials or by the cookie of a session. Comparisons take constant time. */
export class Authenticator {
  readonly users: Users;
  readonly #cookieName: string;
  readonly #sessions;
  /** What calls back whoever is connected. */
  readonly #connected = new Set<() => void>();
  readonly #throttle: Throttle;

  /** `now` gives milliseconds. */
  constructor(
    { owner, viewer, onFirstUse }: Passwords,
    { now = () => performance.now(), throttle = createThrottle(), file }: Options = {},
  ) {
    this.#throttle = throttle;
    this.#cookieName = file?.cookieName ?? newCookieName();
    this.users = createUsers([
      { name: USERS.owner, password: owner, ...FULL, ...(onFirstUse && { onFirstUse }) },
      ...(viewer ? [{ name: USERS.viewer, password: viewer, read: true }] : []),
    ]);
    const lasting = lastingUsers(this.users.list(), { [USERS.owner]: owner, [USERS.viewer]: viewer });
    const users = () => lasting.filter(({ id }) => this.users.withId(id));
    this.#sessions = createSessions({ now, ...(file && { over: { ...file, users } }) });
    for (const { id, name } of lasting) this.users.onRevoked(id, () => this.#sessions.forget(name));
  }

  /** A session is admitted whatever password comes with it: browsers send both, and others' guesses may cause a pause. */
  judge({ authorization, cookie, address, wantsSession = false }: Claim): Verdict {
    const verdict =
      authorization === undefined ? undefined : this.#byPassword(...decodeBasic(authorization), address);
    const known = this.#byCookie(cookie);
    if (verdict?.outcome !== "admitted") return known ?? verdict ?? { outcome: "missing" };
    if (known?.user.id === verdict.user.id) return known;
    return wantsSession ? this.#begin(verdict) : verdict;
  }

  /** Signs in by a form, and begins a session. */
  signIn({ name, password, address, cookie }: Credentials): Verdict {
    const verdict = this.#byPassword(name, password, address);
    if (verdict.outcome !== "admitted") return verdict;
    this.signOut(cookie);
    return this.#begin(verdict);
  }

  /** Ends the session of these cookies. Returns the header that takes its cookie from the browser. */
  signOut(cookie: string | undefined): string {
    const token = cookieValue(cookie, this.#cookieName);
    if (token !== undefined) this.#sessions.end(token);
    return this.#cookie("", "; Max-Age=0");
  }

  /** Ends all sessions, and the connections of those who were admitted by a password too. */
  endSessions(): void {
    this.#sessions.endAll();
    for (const listener of [...this.#connected]) listener();
  }

  /** Calls back once when whoever was admitted is no longer. Until the returned function is called, a session is in use. */
  onRevoked({ user, session }: Admitted, listener: () => void): () => void {
    const forget = this.users.onRevoked(user.id, listener);
    const release = session && this.#sessions.hold(session, listener);
    this.#connected.add(listener);
    return () => {
      this.#connected.delete(listener);
      forget();
      release?.();
    };
  }

  /** The one place that decides about passwords, whichever way they come. */
  #byPassword(name: string, password: string, address: string): Verdict {
    const right = admit(this.users.withPassword(name, password));
    const account = this.users.find(name) ? `user ${name}` : undefined;
    const judgement = this.#throttle.attempt({ address, account, right: right !== undefined });
    if (right && judgement.admitted) return right;
    if (judgement.admitted || judgement.wait === 0) return { outcome: "wrong" };
    return { outcome: "wait", seconds: Math.ceil(judgement.wait / 1000) };
  }

  #byCookie(header: string | undefined): Admitted | undefined {
    const token = cookieValue(header, this.#cookieName);
    const session = token === undefined ? undefined : this.#sessions.find(token);
    const admitted = session && admit(this.users.withId(session.user));
    return admitted && { ...admitted, session };
  }

  #begin(admitted: Admitted): Admitted {
    return { ...admitted, setCookie: this.#cookie(this.#sessions.begin(admitted.user.id)) };
  }

  #cookie(value: string, more = ""): string {
    return `${this.#cookieName}=${value}; Path=/${more}; HttpOnly; Secure; SameSite=Strict`;
  }
}

/** Without `read`, as KasmVNC tells of its own: the other two imply it. */
const FULL = { write: true, owner: true } as const;

/** A user without any right is treated as unknown. */
function admit(user: User | undefined): Admitted | undefined {
  const role = user && roleOf(user);
  return user && role ? { outcome: "admitted", role, user } : undefined;
}

/** The users of the start, each with a key that is derived from the password. */
function lastingUsers(
  users: readonly User[],
  passwords: Readonly<Record<string, string | Digest | undefined>>,
): readonly LastingUser[] {
  return users.map(({ id, name }) => {
    const password = passwords[name] ?? "";
    const text = typeof password === "string" ? password : renderDigest(password);
    return { id, name, key: createHmac("sha256", "sessions").update(`${name}:${text}`).digest() };
  });
}

interface Options {
  readonly now?: () => number;
  readonly throttle?: Throttle;
  /** Keeps sessions over a restart of the container. @default they end with this process */
  readonly file?: SessionFile;
}

/** User and password of a Basic header; both are empty for an invalid one, and no user has an empty name. */
function decodeBasic(authorization: string): [name: string, password: string] {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization.trim())?.[1] ?? "";
  const [name = "", ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  return [name, rest.join(":")];
}

function cookieValue(header: string | undefined, name: string): string | undefined {
  const pair = header?.split(";").find((part) => part.trim().startsWith(`${name}=`));
  return pair?.trim().slice(name.length + 1);
}
