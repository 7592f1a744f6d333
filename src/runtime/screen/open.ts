import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { WebSocket } from "ws";
import { decodeReceipt, SCREEN } from "../../wire/screen.ts";
import { bytesOf } from "../gateway/bytes-of.ts";
import type { Metric } from "../gateway/metrics.ts";
import { CLOSE, createSockets } from "../gateway/sockets.ts";
import type { Role } from "../gateway/users.ts";
import { displayNumber, xServer } from "../session/display.ts";
import type { SideOptions, SideService } from "../side/service.ts";
import { Hub, type HubCounts } from "./hub.ts";
import { parseMessage } from "./messages.ts";
import { createPointerReports } from "./pointer.ts";
import { createSource, type Source } from "./source.ts";
import { Viewer } from "./viewer.ts";

/** Bytes of a client's message. */
const LONGEST_MESSAGE = 1024;
/** Concurrent viewers, and how many of these are reserved for the owner, as for the screen by RFB. */
const [LIMIT, RESERVE] = [32, 2];

/**
 * The picture as a video stream, encoded once for all viewers: docs/internals/messages.md. Undefined where the display
 * server is not ours, and in images without the encoder's library.
 */
export function openScreen(options: SideOptions): SideService | undefined {
  const { environment, directories, frameRate, log } = options;
  const program = environment.KASMIX_SCREEN_ENCODER || "/opt/kasmix/screen-encoder";
  if (frameRate === undefined || !existsSync(join(dirname(program), "python"))) return undefined;
  const x = xServer(environment, directories);
  const source: Source = createSource({
    program,
    environment: {
      PATH: environment.PATH,
      DISPLAY: `:${displayNumber(environment.DISPLAY)}`,
      XAUTHORITY: `${directories.runtime}/Xauthority`,
    },
    x,
    frameRate,
    onFrame: (frame) => hub.take(frame),
    onEnd: () => hub.fail(),
    log,
  });
  const hub = new Hub(source, log);
  const pointer = createPointerReports(x);
  const sockets = createSockets({
    onClient(client, role) {
      serve(client, role, hub);
      if (role === "viewer") pointer.join(client);
    },
    log,
    limit: LIMIT,
    reserve: RESERVE,
    longestMessage: LONGEST_MESSAGE,
  });
  return {
    name: "screen",
    sockets: [{ path: "/screen", needs: "viewer", upgrade: sockets.upgrade }],
    facts: () => ({ codecs: SCREEN.codecs }),
    metrics: () => metricsOf(hub.counts),
    offers: { screen: hub },
    close() {
      sockets.close();
      source.stop();
    },
  };
}

function metricsOf({ viewers, frames, bytes }: HubCounts): readonly Metric[] {
  return [
    {
      name: "screen_viewers",
      type: "gauge",
      help: "Viewers who get the picture as a stream.",
      value: viewers,
    },
    { name: "screen_frames_total", type: "counter", help: "Frames sent to all viewers.", value: frames },
    { name: "screen_bytes_total", type: "counter", help: "Bytes of these frames.", value: bytes },
  ];
}

function serve(client: WebSocket, role: Role, hub: Hub): void {
  const viewer = new Viewer(client, role);
  hub.join(viewer);
  client.on("message", (data, isBinary) => {
    if (!hear(viewer, hub, bytesOf(data), isBinary))
      client.close(CLOSE.policy, "invalid message, see docs/internals/messages.md");
  });
  client.once("close", () => hub.leave(viewer));
}

/** Takes a client's message; false if it is invalid. */
function hear(viewer: Viewer, hub: Hub, bytes: Buffer, isBinary: boolean): boolean {
  if (isBinary) {
    const number = decodeReceipt(bytes);
    if (number === undefined) return false;
    viewer.line.confirm(number);
    hub.recover();
    return true;
  }
  const message = parseMessage(bytes.toString());
  if (message === undefined) return false;
  viewer.hear(message);
  hub.look();
  return true;
}
