import type { UserChange } from "../gateway/users.ts";

/** Reads the users in the body of a POST, or all its faults, each with its place. */
export function readUserList(json: string): readonly UserChange[] | { readonly faults: readonly string[] } {
  const faults: string[] = [];
  const list = parse(json);
  if (!Array.isArray(list))
    return { faults: ['the body must be a JSON list such as [{"user":"name","read":true}]'] };
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

/** As in KasmVNC (common/network/jsonescape.c), missing rights are not granted, and other fields are faults. */
function readEntry(entry: unknown, place: string, faults: string[]): UserChange {
  const given = (typeof entry === "object" && entry !== null ? entry : {}) as Record<string, unknown>;
  if (typeof entry !== "object" || entry === null || Array.isArray(entry))
    faults.push(`${place}: must be an object`);
  for (const name of Object.keys(given))
    if (!FIELDS.includes(name))
      faults.push(`${place}.${name}: is unknown; the fields are ${FIELDS.join(", ")}`);
  const text = (name: string) => {
    const value = given[name] ?? "";
    if (typeof value !== "string") faults.push(`${place}.${name}: must be a string`);
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
