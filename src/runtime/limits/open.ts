import type { WebSocket } from "ws";
import { encodeLimit } from "../../wire/limit.ts";
import type { Exchange } from "../gateway/route.ts";
import { createSockets } from "../gateway/sockets.ts";
import type { Log } from "../log/log.ts";
import type { SideService } from "../side/service.ts";
import type { XServerPlace } from "../x11/follow.ts";
import type { Activity } from "./activity.ts";
import { type Cause, type Look, lookAt } from "./look.ts";
import { readIdle } from "./read-idle.ts";
import type { Limits } from "./settings.ts";

export interface LimitOptions {
  /** Without any, nothing is opened. */
  readonly limits: Limits | undefined;
  readonly display: XServerPlace;
  readonly activity: Activity;
  /** Called when a limit is reached. */
  readonly onEnd: (cause: Cause, limits: Limits) => void;
  readonly log: Log;
  /** Milliseconds. @default performance.now */
  readonly now?: () => number;
}

const ADDRESS = "/api/limits";

/** Ends sessions that nobody uses, or that last too long, and warns the pages before: docs/operate/limits.md. */
export function openLimits(options: LimitOptions): SideService[] {
  const { limits, display, activity, onEnd, log, now = () => performance.now() } = options;
  if (limits === undefined) return [];
  let last: Look = { again: 0 };
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  const text = () =>
    encodeLimit(last.cause ? { cause: last.cause, left: last.left ?? 0, end: limits.end } : undefined);
  const onClient = (client: WebSocket) => {
    client.send(text());
    // What it was sent may be a minute old.
    void look();
  };
  const sockets = createSockets({ log, onClient });
  const look = async () => {
    clearTimeout(timer);
    const idle = await readIdle(display);
    if (isClosed) return;
    if (idle !== undefined) activity.noteInput(now() - idle);
    const before = last.cause;
    last = lookAt(limits, activity.marks(), now());
    const { cause, left = 0, again } = last;
    if (cause !== undefined && left <= 0) {
      last = { again };
      activity.restart(now());
      onEnd(cause, limits);
    }
    if (last.cause !== before) sockets.tell(text());
    clearTimeout(timer);
    timer = setTimeout(() => void look(), again).unref();
  };
  void look();
  const stay = ({ response }: Exchange) => {
    activity.noteInput(now());
    void look();
    response.writeHead(204, { "Cache-Control": "no-store" }).end();
  };
  return [
    {
      name: "limits",
      routes: [{ path: ADDRESS, needs: "participant", methods: ["POST"], handle: stay }],
      sockets: [{ path: ADDRESS, needs: "participant", upgrade: sockets.upgrade }],
      close() {
        isClosed = true;
        clearTimeout(timer);
        sockets.close();
      },
    },
  ];
}
