import type { UserChange } from "../gateway/users.ts";

/** The users that the body of a POST names, or all that is wrong with it, each with its place. */
export function readUserList(json: string): readonly UserChange[] | { readonly faults: readonly string[] } {
  const faults: string[] = [];
  const list = parse(json);
  if (!Array.isArray(list))
    return { faults: ['a JSON list such as [{"user":"name","read":true}] is wanted'] };
  const users = list.map((entry, index) => readEntry(entry, `[${index}]`, faults));
  return faults.length > 0 ? { faults } : users;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const RIGHTS = ["read", "write", "owner"] as const;
const FIELDS: readonly string[] = ["user", "password", ...RIGHTS];

/** As in KasmVNC (common/network/jsonescape.c) a right that is not named is not given, and nothing else may stand there. */
function readEntry(entry: unknown, place: string, faults: string[]): UserChange {
  const given = (typeof entry === "object" && entry !== null ? entry : {}) as Record<string, unknown>;
  if (typeof entry !== "object" || entry === null || Array.isArray(entry))
    faults.push(`${place}: must be an object`);
  for (const name of Object.keys(given))
    if (!FIELDS.includes(name)) faults.push(`${place}.${name}: only ${FIELDS.join(", ")} are known`);
  const text = (name: string) => {
    const value = given[name] ?? "";
    if (typeof value !== "string") faults.push(`${place}.${name}: must be a text`);
    return typeof value === "string" ? value : "";
  };
  const right = (name: string) => {
    const value = given[name] ?? false;
    if (typeof value !== "boolean") faults.push(`${place}.${name}: must be true or false`);
    return value === true;
  };
  const [name, password] = [text("user"), text("password")];
  if (name === "" && typeof (given.user ?? "") === "string") faults.push(`${place}.user: is missing`);
  const rights = { read: right("read"), write: right("write"), owner: right("owner") };
  return { name, ...rights, ...(password === "" ? {} : { password }) };
}
