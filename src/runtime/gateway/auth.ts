import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Digest } from "./digest.ts";
import { createThrottle, type Throttle } from "./throttle.ts";
import { createUsers, type Role, roleOf, type User, type Users } from "./users.ts";

/** The users that the container's environment names; Kasm's platform relies on `kasm_user`. */
export const USERS = { owner: "kasm_user", viewer: "kasm_viewer" } as const;

/** Without a password for viewers, nobody can sign in as one. */
export interface Passwords<Owner = string | Digest> {
  readonly owner: Owner;
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
}

/**
 * `missing`: no credentials. `wait`: too many failures, try again in `seconds`. After a password there is a cookie to
 * set.
 */
export type Verdict =
  | { readonly outcome: "admitted"; readonly role: Role; readonly user: User; readonly setCookie?: string }
  | { readonly outcome: "missing" }
  | { readonly outcome: "wrong" }
  | { readonly outcome: "wait"; readonly seconds: number };

/** Lifetime of a session cookie. */
const SESSION_SECONDS = 12 * 3600;

/**
 * Admits requests by Basic credentials or session cookie. Comparisons take constant time; the cookie's secret lasts as
 * long as this process.
 */
export class Authenticator {
  readonly users: Users;
  readonly #secret = randomBytes(32);
  // Browsers send cookies to all ports of a host: each container needs its own cookie name.
  readonly #cookieName = `__Host-kasmix-${randomBytes(4).toString("hex")}`;
  readonly #now: () => number;
  readonly #throttle: Throttle;

  /** `now` gives milliseconds since the epoch. */
  constructor(
    { owner, viewer, onFirstUse }: Passwords,
    { now = Date.now, throttle = createThrottle() }: Options = {},
  ) {
    this.#now = now;
    this.#throttle = throttle;
    this.users = createUsers([
      { name: USERS.owner, password: owner, ...FULL, ...(onFirstUse && { onFirstUse }) },
      ...(viewer ? [{ name: USERS.viewer, password: viewer, read: true }] : []),
    ]);
  }

  /** A session is admitted whatever password comes with it: browsers send both, and others' guesses may cause a pause. */
  judge({ authorization, cookie, address }: Claim): Verdict {
    const verdict = authorization === undefined ? undefined : this.#byPassword(authorization, address);
    if (verdict?.outcome === "admitted") return verdict;
    const user = cookie === undefined ? undefined : this.#byCookie(cookie);
    return admit(user) ?? verdict ?? { outcome: "missing" };
  }

  #byPassword(authorization: string, address: string): Verdict {
    const [name, password] = decodeBasic(authorization);
    const right = admit(this.users.withPassword(name, password));
    const account = this.users.find(name) ? `user ${name}` : undefined;
    const judgement = this.#throttle.attempt({ address, account, right: right !== undefined });
    if (right && judgement.admitted) return { ...right, setCookie: this.#cookie(right.user) };
    if (judgement.admitted || judgement.wait === 0) return { outcome: "wrong" };
    return { outcome: "wait", seconds: Math.ceil(judgement.wait / 1000) };
  }

  #cookie({ id }: User): string {
    const claim = `${id}.${this.#now() + SESSION_SECONDS * 1000}`;
    const value = `${claim}.${this.#seal(claim).toString("base64url")}`;
    return `${this.#cookieName}=${value}; Path=/; Max-Age=${SESSION_SECONDS}; HttpOnly; Secure; SameSite=Strict`;
  }

  #byCookie(header: string): User | undefined {
    const [id, expiry, seal] = cookieValue(header, this.#cookieName)?.split(".") ?? [];
    if (!id || !expiry || !seal) return undefined;
    const genuine = this.#seal(`${id}.${expiry}`);
    const given = Buffer.from(seal, "base64url");
    if (given.length !== genuine.length || !timingSafeEqual(given, genuine)) return undefined;
    return Number(expiry) > this.#now() ? this.users.withId(id) : undefined;
  }

  #seal(claim: string): Buffer {
    return createHmac("sha256", this.#secret).update(claim).digest();
  }
}

const FULL = { read: true, write: true, owner: true } as const;

/** A user without any right is treated as unknown. */
function admit(user: User | undefined) {
  const role = user && roleOf(user);
  return user && role ? ({ outcome: "admitted", role, user } as const) : undefined;
}

interface Options {
  readonly now?: () => number;
  readonly throttle?: Throttle;
}

/** User and password of a Basic header; both are empty for an invalid one, and no user has an empty name. */
function decodeBasic(authorization: string): [name: string, password: string] {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization.trim())?.[1] ?? "";
  const [name = "", ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  return [name, rest.join(":")];
}

function cookieValue(header: string, name: string): string | undefined {
  const pair = header.split(";").find((part) => part.trim().startsWith(`${name}=`));
  return pair?.trim().slice(name.length + 1);
}
