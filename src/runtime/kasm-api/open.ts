import type { Directories } from "../boot/directories.ts";
import { BUSY } from "../gateway/body-budget.ts";
import { isAborted } from "../gateway/is-aborted.ts";
import { LIKE_KASMVNC } from "../gateway/like-kasmvnc.ts";
import { readBody } from "../gateway/read-body.ts";
import type { Exchange, Route } from "../gateway/route.ts";
import type { Users } from "../gateway/users.ts";
import type { Visitors } from "../gateway/visitors.ts";
import { reasonOf } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";
import { displayNumber, rfbSocket, xServer } from "../session/display.ts";
import type { SideService } from "../side/service.ts";
import { type Answer, DONE, refused, sendAnswer, unavailable } from "./answer.ts";
import { gradeCpu, renderBottlenecks } from "./bottlenecks.ts";
import { clearClipboard } from "./clear-clipboard.ts";
import { renderSessions } from "./clients.ts";
import { createFrameStats } from "./frame-stats.ts";
import { type Query, readQuery } from "./query.ts";
import { createScreenshots } from "./screenshot.ts";
import { type UserCall, userCalls } from "./users.ts";

export interface OwnerApiOptions {
  /** The container's environment with the settings. */
  readonly environment: NodeJS.ProcessEnv;
  readonly directories: Directories;
  readonly users: Users;
  readonly visitors: Visitors;
  /** The display server's process id. */
  readonly displayPid: () => number | undefined;
  readonly log: Log;
  /** Milliseconds for a screenshot or a frame. @default 10000 */
  readonly patience?: number;
}

/**
 * KasmVNC's owner API, by which Kasm's platform takes screenshots and manages users: docs/operate/kasm-api.md.
 * /api/downloads is in downloads/.
 */
export function openOwnerApi(options: OwnerApiOptions): SideService {
  const { environment, directories, users, visitors, displayPid, log, patience = 10_000 } = options;
  const frameStats = createFrameStats({ path: rfbSocket(directories), pid: displayPid, visitors, patience });
  const display = xServer(environment, directories);
  const clear = () =>
    clearClipboard(display).then(
      () => DONE,
      () => unavailable("there is no display"),
    );
  const calls = userCalls(users, log);
  return {
    name: "owner",
    routes: [
      call("get_screenshot", log, openScreenshots(options, patience)),
      call("get_frame_stats", log, frameStats),
      call("get_bottleneck_stats", log, () => text(renderBottlenecks(visitors.list(), gradeCpu()))),
      call("get_users", log, () => text(renderUsers(users))),
      call("get_sessions", log, () => text(renderSessions(visitors.list()))),
      // Nothing to do: over TCP no frame loses a part, as it may over KasmVNC's UDP.
      call("send_full_frame", log, () => DONE),
      { ...call("clear_clipboard", log, clear), acts: true },
      userRoute("create_user", log, calls.create),
      userRoute("update_user", log, calls.update),
      userRoute("remove_user", log, calls.remove),
    ],
    close() {},
  };
}

function openScreenshots({ environment, directories, log }: OwnerApiOptions, patience: number) {
  return createScreenshots({
    program: environment.KASMIX_SCREENSHOT || "/opt/kasmix/screenshot",
    environment: {
      PATH: environment.PATH,
      DISPLAY: `:${displayNumber(environment.DISPLAY)}`,
      XAUTHORITY: `${directories.runtime}/Xauthority`,
    },
    patience,
    log,
  });
}

/** KasmVNC's limits. */
const [LONGEST_TARGET, LONGEST_BODY] = [1024, 16 * 1024];

type Handle = (query: Query, exchange: Exchange) => Answer | Promise<Answer>;

function call(name: string, log: Log, handle: Handle): Route {
  return {
    path: `/api/${name}`,
    needs: "owner",
    methods: ["GET"],
    ...LIKE_KASMVNC,
    async handle(exchange) {
      sendAnswer(exchange.response, await answer(handle, exchange, log));
    },
  };
}

async function answer(handle: Handle, exchange: Exchange, log: Log): Promise<Answer> {
  const target = exchange.request.url ?? "";
  if (target.length > LONGEST_TARGET) return { status: 404, faults: ["the address is too long"] };
  const query = readQuery(target);
  if (!query) return refused("the query has an invalid percent-encoding");
  try {
    return await handle(query, exchange);
  } catch (error) {
    if (!isAborted(exchange.request))
      log.error({ event: "owner.failed", path: exchange.path, message: reasonOf(error) });
    return unavailable("the call failed, see the log");
  }
}

function userRoute(name: string, log: Log, { one, several }: UserCall): Route {
  const handle: Handle = async (query, exchange) => {
    const { request } = exchange;
    if (request.method === "GET") return one(query);
    if (request.url?.includes("?")) return { status: 404, faults: ["a POST must not have a query"] };
    const body = await readBody(exchange, LONGEST_BODY);
    if (body === "busy") return unavailable(BUSY);
    return body === "too long" ? refused(`more than ${LONGEST_BODY} bytes`) : several(body.toString("utf8"));
  };
  return { ...call(name, log, handle), methods: ["GET", "POST"], acts: true };
}

function renderUsers(users: Users): string {
  const list = users.list().map(({ name, rights }) => ({ user: name, ...rights }));
  return JSON.stringify(list, undefined, 4);
}

function text(words: string): Answer {
  return { status: 200, text: words };
}
