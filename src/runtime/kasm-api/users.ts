import { USERS } from "../gateway/auth.ts";
import type { Rights, UserChange, Users } from "../gateway/users.ts";
import type { Log } from "../log/log.ts";
import { type Answer, DONE, refused } from "./answer.ts";
import { type Query, readFlag } from "./query.ts";
import { readUserList } from "./user-list.ts";

/** A call that changes users: one by a query, several by a JSON list. */
export interface UserCall {
  one(query: Query): Answer;
  several(json: string): Answer;
}

/** Each user costs every sign-in a comparison. */
const MOST_USERS = 64;

/** The three calls. Each reports all faults at once and then changes nothing. */
export function userCalls(
  users: Users,
  log: Log,
): Readonly<Record<"create" | "update" | "remove", UserCall>> {
  const keep = keeper(users, log);
  const several = (judge: Judge, act: Act) => (json: string) => {
    const changes = readUserList(json);
    if ("faults" in changes) return refused(...changes.faults);
    const faults = changes.flatMap((change, index) => judge(change, inList(index), users));
    return act(changes, faults);
  };
  return {
    create: {
      one(query) {
        const change = { ...named(query), ...NONE, ...readRights(query), ...readPassword(query) };
        const faults = judgeNew(change, inQuery, users);
        if (users.find(change.name)) faults.push(`name: the user ${change.name} exists already`);
        return keep.put([change], faults);
      },
      several: several(judgeNew, keep.put),
    },
    update: {
      one(query) {
        const rights = readRights(query);
        // As in KasmVNC, passwords change by POST only, so that they are not in URLs.
        const faults = judgeKnown(named(query), inQuery, users);
        if (Object.keys(rights).length === 0) faults.push("read, write, owner: give at least one");
        return keep.put([{ ...named(query), ...rights }], faults);
      },
      several: several(judgeKnown, keep.put),
    },
    remove: {
      one: (query) => keep.remove([named(query)], judgeKnown(named(query), inQuery, users)),
      several: several(judgeKnown, keep.remove),
    },
  };
}

/** Applies the changes if there are no faults. */
type Act = (changes: readonly UserChange[], faults: readonly string[]) => Answer;

function keeper(users: Users, log: Log): Readonly<Record<"put" | "remove", Act>> {
  return {
    put(changes, faults) {
      const added = new Set(changes.flatMap(({ name }) => (users.find(name) ? [] : name)));
      const tooMany = users.list().length + added.size > MOST_USERS;
      const all = [...faults, ...(tooMany ? [`at most ${MOST_USERS} users are allowed`] : [])];
      if (all.length > 0) return refused(...all);
      for (const change of changes) {
        log.info({ event: users.find(change.name) ? "user.changed" : "user.created", user: change.name });
        users.put(change);
      }
      return DONE;
    },
    remove(changes, faults) {
      if (faults.length > 0) return refused(...faults);
      for (const { name } of changes) {
        users.remove(name);
        log.info({ event: "user.removed", user: name });
      }
      return DONE;
    },
  };
}

function named(query: Query) {
  return { name: query.get("name") ?? "" };
}

function readPassword(query: Query): Pick<UserChange, "password"> {
  const password = query.get("password") ?? "";
  return password === "" ? {} : { password };
}

const NONE: Rights = { read: false, write: false, owner: false };

function readRights(query: Query): Partial<Rights> {
  const rights = (["read", "write", "owner"] as const).map((name) => [name, readFlag(query, name)] as const);
  return Object.fromEntries(rights.filter(([, value]) => value !== undefined));
}

type Field = "name" | "password";
/** The names of the fields in a query and in a list. */
const inQuery = (field: Field) => field;
const inList = (index: number) => (field: Field) => `[${index}].${field === "name" ? "user" : field}`;

/** Returns all faults of a change. `place` names a field. */
type Judge = (change: UserChange, place: (field: Field) => string, users: Users) => string[];

const judgeNew: Judge = (change, place, users) => [
  ...judgeAny(change, place, users),
  ...(change.password === undefined ? [`${place("password")}: is missing`] : []),
];

const judgeKnown: Judge = (change, place, users) => {
  const isKnown = users.find(change.name) !== undefined;
  return [...judgeAny(change, place, users), ...(isKnown ? [] : [`${place("name")}: there is no such user`])];
};

/** KasmVNC's size of name and password, including the terminating 0: unix/kasmvncpasswd/kasmpasswd.h. */
const SIZE = 128;

const judgeAny: Judge = ({ name, password = "" }, place) => {
  const faults: string[] = [];
  if (name === "") faults.push(`${place("name")}: is missing`);
  // The colon ends the name in Basic credentials.
  if (/[:\p{Cc}]/u.test(name)) faults.push(`${place("name")}: must not contain colons or control characters`);
  if (Buffer.byteLength(name) >= SIZE) faults.push(`${place("name")}: must be shorter than ${SIZE} bytes`);
  if (Buffer.byteLength(password) >= SIZE)
    faults.push(`${place("password")}: must be shorter than ${SIZE} bytes`);
  // This could not be undone, and would lock the platform out.
  if (name === USERS.owner)
    faults.push(`${place("name")}: ${USERS.owner} cannot be changed here: its password is VNC_PW`);
  return faults;
};
