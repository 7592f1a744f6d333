import type { Exchange } from "../gateway/route.ts";
import { sendJson, sendText } from "../gateway/send.ts";
import { createSockets } from "../gateway/sockets.ts";
import type { Visitors } from "../gateway/visitors.ts";
import type { Log } from "../log/log.ts";
import type { SideService } from "../side/service.ts";

const ADDRESS = "/api/clients";

/** Lists the connected people for the owner, who may disconnect them: docs/use/viewers.md. */
export function openClients(visitors: Visitors, log: Log): SideService {
  const list = () => JSON.stringify({ clients: visitors.list() });
  const sockets = createSockets({ log, onClient: (client) => client.send(list()) });
  visitors.onChange(() => {
    if (sockets.clients.size > 0) sockets.tell(list());
  });
  return {
    name: "clients",
    routes: [
      {
        path: ADDRESS,
        needs: "owner",
        handle: ({ response }) => sendJson(response, { clients: visitors.list() }),
      },
      {
        path: `${ADDRESS}/*`,
        needs: "owner",
        methods: ["DELETE"],
        handle: (exchange) => dismiss(visitors, log, exchange),
      },
    ],
    sockets: [{ path: ADDRESS, needs: "owner", upgrade: sockets.upgrade }],
    close: sockets.close,
  };
}

function dismiss(visitors: Visitors, log: Log, { path, response }: Exchange): void {
  const id = path.slice(ADDRESS.length + 1);
  if (visitors.dismiss(id)) {
    log.info({ event: "client.dismissed", id });
    response.writeHead(204, { "Cache-Control": "no-store" }).end();
  } else sendText(response, 404, "no client with this id is connected");
}
