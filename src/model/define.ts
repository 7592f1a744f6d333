import type { Workspace } from "./types.ts";

/**
 * Describes a workspace: the default export of `workspaces/<name>/workspace.ts` is the result of this call. It returns the
 * value unchanged and exists for the type check and the editor.
 */
export function defineWorkspace(workspace: Workspace): Workspace {
  return workspace;
}
