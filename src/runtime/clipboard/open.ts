import { createSockets } from "../gateway/sockets.ts";
import { xServer } from "../session/display.ts";
import type { SideOptions, SideService } from "../side/service.ts";
import { coalesce } from "./coalesce.ts";
import { keepSelection } from "./keep.ts";
import { clipboardPolicy } from "./policy.ts";
import { clipboardRoutes } from "./routes.ts";

/** Text, HTML and pictures of the clipboard in both directions: docs/use/clipboard.md. */
export function openClipboard({ environment, directories, log }: SideOptions): SideService {
  const policy = clipboardPolicy(environment, log);
  const selection = keepSelection({
    ...xServer(environment, directories),
    limit: policy.limit,
    isWanted: () => policy.down && sockets.clients.size > 0,
    onChange: () => tell(),
    log,
  });
  const sockets = createSockets({ log, onClient: () => selection.wake() });
  const tell = coalesce(async () => {
    const state = JSON.stringify(await selection.state());
    for (const client of sockets.clients) client.send(state);
  });
  return {
    name: "clipboard",
    routes: clipboardRoutes(policy, selection),
    sockets: policy.down ? [{ path: "/api/clipboard", needs: "participant", upgrade: sockets.upgrade }] : [],
    facts: () => ({ ...policy }),
    close() {
      sockets.close();
      selection.close();
    },
  };
}
