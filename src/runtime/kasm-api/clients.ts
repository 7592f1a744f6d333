import type { Visitor } from "../gateway/visitors.ts";

/** KasmVNC's name of a connection: address, seconds since the epoch, kind. It does not change. */
export function nameOf({ address, since, id }: Visitor): string {
  const milliseconds = Date.parse(since);
  const seconds = Math.floor(milliseconds / 1000);
  // The id distinguishes connections of the same millisecond.
  const below = (milliseconds % 1000) * 1000 + (Number.parseInt(id.slice(0, 8), 16) % 1000);
  return `${address}_${seconds}.${String(below).padStart(6, "0")}::websocket`;
}

/** /api/get_sessions: the connected users, in KasmVNC's format (common/rfb/util.cxx, formatUsersToJson). */
export function renderSessions(visitors: readonly Visitor[]): string {
  const users = visitors.map(({ user, since }) => ({
    username: user,
    connected_since: since.slice(0, 19).replace("T", " "),
  }));
  return JSON.stringify({ users });
}

/** The visitors that a call selects: `none`, `auto` (the owner's first connection), `all`, or one by name. */
export function chooseClients(visitors: readonly Visitor[], client: string): readonly Visitor[] {
  if (client === "none") return [];
  if (client === "all") return visitors;
  if (client === "auto") return visitors.filter(({ role }) => role === "owner").slice(0, 1);
  return visitors.filter((visitor) => nameOf(visitor) === client);
}
