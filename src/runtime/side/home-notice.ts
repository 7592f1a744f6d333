import type { Directories } from "../boot/directories.ts";
import type { SideService } from "./service.ts";

/** Where nothing in the home is kept, a service by which the page knows that. */
export function homeNotice({ homeWarning }: Directories): SideService[] {
  return homeWarning === undefined ? [] : [{ name: "temporary-home", seenBy: "viewer", close() {} }];
}
