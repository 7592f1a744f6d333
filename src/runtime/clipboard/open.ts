import { createSockets } from "../gateway/sockets.ts";
import { xServer } from "../session/display.ts";
import type { SideOptions, SideService } from "../side/service.ts";
import { keepSelection } from "./keep.ts";
import { clipboardPolicy } from "./policy.ts";
import { clipboardRoutes } from "./routes.ts";

/** Pictures and rich text of the clipboard in both directions: docs/use/clipboard.md. Plain text goes over RFB. */
export function openClipboard({ environment, directories, log }: SideOptions): SideService {
  const policy = clipboardPolicy(environment, log);
  const selection = keepSelection({
    ...xServer(environment, directories),
    limit: policy.limit,
    isWanted: () => policy.down && sockets.clients.size > 0,
    onChange: () => void tell(),
    log,
  });
  const sockets = createSockets({ log, onClient: () => selection.wake() });
  const tell = async () => {
    const state = JSON.stringify(await selection.state());
    for (const client of sockets.clients) client.send(state);
  };
  return {
    name: "clipboard",
    routes: clipboardRoutes(policy, selection),
    sockets: policy.down ? [{ path: "/api/clipboard", needs: "owner", upgrade: sockets.upgrade }] : [],
    facts: () => ({ ...policy }),
    close() {
      sockets.close();
      selection.close();
    },
  };
}
