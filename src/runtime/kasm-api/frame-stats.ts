import type { Visitor, Visitors } from "../gateway/visitors.ts";
import { type Frame, nextFrame } from "../rfb/frame.ts";
import { type Answer, refused, unavailable } from "./answer.ts";
import { chooseClients, nameOf } from "./clients.ts";
import type { Query } from "./query.ts";

export interface FrameStatsOptions {
  /** The display server's socket. */
  readonly path: string;
  readonly pid: () => number | undefined;
  readonly visitors: Visitors;
  /** Milliseconds to wait for a frame. */
  readonly patience: number;
}

/** Milliseconds that clients have to answer a ping. */
const CLIENT_PATIENCE = 2_000;

/** /api/get_frame_stats: waits for a frame and describes it and the requested clients. One at a time, as in KasmVNC. */
export function createFrameStats({ path, pid, visitors, patience }: FrameStatsOptions) {
  let isMeasuring = false;
  return async (query: Query): Promise<Answer> => {
    const client = query.get("client") ?? "";
    if (client === "") return refused("client: must be none, auto, all, or a name from get_bottleneck_stats");
    if (isMeasuring) return refused("another call is already waiting for a frame");
    isMeasuring = true;
    try {
      const frame = await nextFrame({ path, pid, patience });
      if (!frame) return unavailable(`nothing was drawn within ${patience / 1000} s`);
      const chosen = chooseClients(visitors.list(), client);
      const pings = await Promise.all(chosen.map(({ id }) => visitors.ping(id, CLIENT_PATIENCE)));
      return { status: 200, text: renderFrameStats(frame, chosen, pings) };
    } finally {
      isMeasuring = false;
    }
  };
}

/**
 * KasmVNC's format (common/network/GetAPIMessager.cxx, netGetFrameStats) without the figures that this display server
 * does not measure. Clients that did not answer the ping are left out.
 */
function renderFrameStats(
  { width, height, changed, time }: Frame,
  clients: readonly Visitor[],
  pings: readonly (number | undefined)[],
): string {
  const total = Math.round(time);
  const stats = {
    frame: { resx: width, resy: height, changed, server_time: total },
    server_side: [{ process_name: "Encoding_total", time: total }],
    client_side: clients.flatMap((client, index) => {
      const ping = pings[index];
      return ping === undefined ? [] : [{ client: nameOf(client), ping: Math.round(ping) }];
    }),
  };
  return JSON.stringify(stats, undefined, 4);
}
