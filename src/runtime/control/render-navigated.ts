import type { Navigated, Unopened } from "../launcher/navigate.ts";

/** Where a URL was opened, for people. */
export function renderNavigated({ app, opened }: Exclude<Navigated, Unopened>): string {
  return opened === "page" ? `Opened in ${app}` : `${app} was not running: opened in a new window of it`;
}
