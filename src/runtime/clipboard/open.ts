import { createSockets } from "../gateway/sockets.ts";
import { xServer } from "../session/display.ts";
import type { SideOptions, SideService } from "../side/service.ts";
import { coalesce } from "./coalesce.ts";
import { keepSelection } from "./keep.ts";
import { clipboardPolicy } from "./policy.ts";
import { clipboardRoutes } from "./routes.ts";

/** How often a program that owns the content is asked for its types before the page says that it does not answer. */
const ATTEMPTS = 4;

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
    let state = await selection.state();
    // A program that hands a long text to another one meanwhile.
    for (let again = 1; state.isSilent && again < ATTEMPTS; again += 1) state = await selection.state();
    const text = JSON.stringify(state);
    for (const client of sockets.clients) client.send(text);
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
