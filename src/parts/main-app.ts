import type { App } from "../model/types.ts";

/**
 * The app that a workspace is for: it starts with the desktop, fills the screen, and comes back when it is closed. It is
 * ready when a window has its name in class or title; what `app` says otherwise stands.
 */
export function mainApp(app: App): App {
  return { autostart: true, restart: "always", maximize: true, ready: { window: app.name }, ...app };
}
