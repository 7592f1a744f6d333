import type { Visitor } from "../gateway/visitors.ts";

/** What KasmVNC calls a connection: address, seconds since the epoch, kind. The same for as long as it lasts. */
export function nameOf({ address, since, id }: Visitor): string {
  const milliseconds = Date.parse(since);
  const seconds = Math.floor(milliseconds / 1000);
  // Two that come in the same millisecond are told apart by what else is their own.
  const below = (milliseconds % 1000) * 1000 + (Number.parseInt(id.slice(0, 8), 16) % 1000);
  return `${address}_${seconds}.${String(below).padStart(6, "0")}::websocket`;
}

/** /api/get_sessions: who sees the desktop, in KasmVNC's form (common/rfb/util.cxx, formatUsersToJson). */
export function renderSessions(visitors: readonly Visitor[]): string {
  const users = visitors.map(({ user, since, role }) => ({
    username: user,
    connected_since: since.slice(0, 19).replace("T", " "),
    is_owner: role === "owner",
  }));
  return JSON.stringify({ users });
}

/** The visitors whose figures are asked for: of nobody, of the owner who came first, of all, or of one by name. */
export function chooseClients(visitors: readonly Visitor[], client: string): readonly Visitor[] {
  if (client === "none") return [];
  if (client === "all") return visitors;
  if (client === "auto") return visitors.filter(({ role }) => role === "owner").slice(0, 1);
  return visitors.filter((visitor) => nameOf(visitor) === client);
}
