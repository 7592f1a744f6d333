import { USERS } from "../gateway/auth.ts";
import type { Rights, UserChange, Users } from "../gateway/users.ts";
import type { Log } from "../log/log.ts";
import { type Answer, DONE, refused } from "./answer.ts";
import { type Query, truth } from "./query.ts";
import { readUserList } from "./user-list.ts";

/** A call that changes who may sign in: for one user by a query, for several by a JSON list. */
export interface UserCall {
  one(query: Query): Answer;
  several(json: string): Answer;
}

/** Users at a time; each costs every sign-in a comparison. */
const MOST_USERS = 64;

/** The three calls. What is wrong is told at once, and then nothing is changed. */
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
        if (users.find(change.name)) faults.push(`name: there is a user ${change.name} already`);
        return keep.put([change], faults);
      },
      several: several(judgeNew, keep.put),
    },
    update: {
      one(query) {
        const rights = readRights(query);
        // KasmVNC changes passwords by POST only, so that none stands in an address.
        const faults = judgeKnown(named(query), inQuery, users);
        if (Object.keys(rights).length === 0) faults.push("read, write, owner: one of them is wanted");
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

/** Does what is asked when there are no faults. */
type Act = (changes: readonly UserChange[], faults: readonly string[]) => Answer;

function keeper(users: Users, log: Log): Readonly<Record<"put" | "remove", Act>> {
  return {
    put(changes, faults) {
      const added = new Set(changes.flatMap(({ name }) => (users.find(name) ? [] : name)));
      const tooMany = users.list().length + added.size > MOST_USERS;
      const all = [...faults, ...(tooMany ? [`there may be ${MOST_USERS} users at most`] : [])];
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
  const rights = (["read", "write", "owner"] as const).map((name) => [name, truth(query, name)] as const);
  return Object.fromEntries(rights.filter(([, value]) => value !== undefined));
}

type Field = "name" | "password";
/** What a query and a list call the fields. */
const inQuery = (field: Field) => field;
const inList = (index: number) => (field: Field) => `[${index}].${field === "name" ? "user" : field}`;

/** All that is wrong with what is to become of a user. `place` says where a field stands. */
type Judge = (change: UserChange, place: (field: Field) => string, users: Users) => string[];

const judgeNew: Judge = (change, place, users) => [
  ...judgeAny(change, place, users),
  ...(change.password === undefined ? [`${place("password")}: is missing`] : []),
];

const judgeKnown: Judge = (change, place, users) => {
  const isKnown = users.find(change.name) !== undefined;
  return [...judgeAny(change, place, users), ...(isKnown ? [] : [`${place("name")}: there is no such user`])];
};

/** Bytes that KasmVNC has for either, with the end of the text: unix/kasmvncpasswd/kasmpasswd.h. */
const SIZE = 128;

const judgeAny: Judge = ({ name, password = "" }, place) => {
  const faults: string[] = [];
  if (name === "") faults.push(`${place("name")}: is missing`);
  // The colon ends the name in Basic credentials.
  if (/[:\p{Cc}]/u.test(name)) faults.push(`${place("name")}: must be without colons and control characters`);
  if (Buffer.byteLength(name) >= SIZE) faults.push(`${place("name")}: must be shorter than ${SIZE} bytes`);
  if (Buffer.byteLength(password) >= SIZE)
    faults.push(`${place("password")}: must be shorter than ${SIZE} bytes`);
  // Nobody could undo it, and the platform would be locked out.
  if (name === USERS.owner)
    faults.push(`${place("name")}: ${USERS.owner} is the workspace's own, VNC_PW sets it`);
  return faults;
};
