import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { createThrottle, type Throttle } from "./throttle.ts";

/** Who is asking: the owner may do everything, a viewer only look. */
export type Role = "owner" | "viewer";

/** The user names of the two roles; Kasm's platform relies on `kasm_user`. */
export const USERS: Readonly<Record<Role, string>> = { owner: "kasm_user", viewer: "kasm_viewer" };

/** The passwords; without one for viewers there are no viewers. */
export type Passwords = { readonly owner: string; readonly viewer?: string };

/** What of a request decides on its admission. */
export interface Claim {
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
  /** Remote address. */
  readonly address: string;
}

/** Admitted (with a cookie to set after a password), not tried, refused, or to be tried again in `seconds`. */
export type Verdict =
  | { readonly outcome: "admitted"; readonly role: Role; readonly setCookie?: string }
  | { readonly outcome: "missing" }
  | { readonly outcome: "wrong" }
  | { readonly outcome: "wait"; readonly seconds: number };

/** How long a session cookie is good for. */
const SESSION_SECONDS = 12 * 3600;

/**
 * Judges requests by Basic credentials or session cookie. Comparisons take the same time whatever is wrong;
 * the cookie's secret lives as long as this process.
 */
export class Authenticator {
  readonly #secret = randomBytes(32);
  // Containers on one host share their cookies whatever the port: each needs a name of its own.
  readonly #cookieName = `__Host-kasmix-${randomBytes(4).toString("hex")}`;
  readonly #expected: readonly (readonly [Role, Buffer])[];
  readonly #now: () => number;
  readonly #throttle: Throttle;

  /** `now` gives milliseconds since the epoch. */
  constructor(passwords: Passwords, { now = Date.now, throttle = createThrottle() }: Options = {}) {
    this.#now = now;
    this.#throttle = throttle;
    const roles = Object.keys(passwords) as Role[];
    this.#expected = roles.map((role) => [role, this.#digest(`${USERS[role]}:${passwords[role]}`)]);
  }

  judge(claim: Claim): Verdict {
    if (claim.authorization !== undefined) return this.#byPassword(claim.authorization, claim.address);
    const role = claim.cookie === undefined ? undefined : this.#byCookie(claim.cookie);
    return role === undefined ? { outcome: "missing" } : { outcome: "admitted", role };
  }

  #byPassword(authorization: string, address: string): Verdict {
    const milliseconds = this.#throttle.wait(address);
    if (milliseconds > 0) return { outcome: "wait", seconds: Math.ceil(milliseconds / 1000) };
    const given = this.#digest(decodeBasic(authorization) ?? "");
    const matches = this.#expected.filter(([, digest]) => timingSafeEqual(given, digest));
    const role = matches[0]?.[0];
    if (role === undefined) {
      this.#throttle.failed(address);
      return { outcome: "wrong" };
    }
    this.#throttle.succeeded(address);
    return { outcome: "admitted", role, setCookie: this.#cookie(role) };
  }

  #cookie(role: Role): string {
    const claim = `${role}.${this.#now() + SESSION_SECONDS * 1000}`;
    const value = `${claim}.${this.#digest(claim).toString("base64url")}`;
    return `${this.#cookieName}=${value}; Path=/; Max-Age=${SESSION_SECONDS}; HttpOnly; Secure; SameSite=Strict`;
  }

  #byCookie(header: string): Role | undefined {
    const [role, expiry, seal] = cookieValue(header, this.#cookieName)?.split(".") ?? [];
    if ((role !== "owner" && role !== "viewer") || !expiry || !seal) return undefined;
    const genuine = this.#digest(`${role}.${expiry}`);
    const given = Buffer.from(seal, "base64url");
    if (given.length !== genuine.length || !timingSafeEqual(given, genuine)) return undefined;
    return Number(expiry) > this.#now() ? role : undefined;
  }

  #digest(text: string): Buffer {
    return createHmac("sha256", this.#secret).update(text).digest();
  }
}

interface Options {
  readonly now?: () => number;
  readonly throttle?: Throttle;
}

/** `user:password` of a Basic header. */
function decodeBasic(authorization: string): string | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization.trim())?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString("utf8");
}

function cookieValue(header: string, name: string): string | undefined {
  const pair = header.split(";").find((part) => part.trim().startsWith(`${name}=`));
  return pair?.trim().slice(name.length + 1);
}
