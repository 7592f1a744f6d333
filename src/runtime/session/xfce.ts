import type { DesktopEnvironment } from "../../model/types.ts";

/** The desktop environment of a workspace that names none. */
export const XFCE: DesktopEnvironment = {
  name: "XFCE",
  command: ["xfce4-session"],
  backdrop: "xfdesktop",
  panel: "xfce4-panel",
};
