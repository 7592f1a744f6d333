import type { Workspace } from "./types.ts";

/**
 * Says what a workspace is: the one call of a `workspaces/<name>/workspace.ts`, whose result is its default
 * export. It gives the value back unchanged; it exists for the editor's help and for the type check.
 */
export function defineWorkspace(workspace: Workspace): Workspace {
  return workspace;
}
