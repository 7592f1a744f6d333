import type { Visitor, Visitors } from "../gateway/visitors.ts";
import { type Frame, nextFrame } from "../rfb/frame.ts";
import { type Answer, refused, unavailable } from "./answer.ts";
import { chooseClients, nameOf } from "./clients.ts";
import type { Query } from "./query.ts";

/** What frames are measured with. */
export interface FrameStatsOptions {
  /** The display server's socket. */
  readonly path: string;
  readonly pid: () => number | undefined;
  readonly visitors: Visitors;
  /** Milliseconds to wait for a frame. */
  readonly patience: number;
}

/** Milliseconds that clients have to answer. */
const CLIENT_PATIENCE = 2_000;

/**
 * /api/get_frame_stats: waits for a frame and tells of it, and of the clients that are asked for. One at a time, as in
 * KasmVNC.
 */
export function createFrameStats({ path, pid, visitors, patience }: FrameStatsOptions) {
  let isMeasuring = false;
  return async (query: Query): Promise<Answer> => {
    const client = query.get("client") ?? "";
    if (client === "") return refused("client: must be none, auto, all, or a name from get_bottleneck_stats");
    if (isMeasuring) return refused("a frame is being waited for already");
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
 * KasmVNC's form (common/network/GetAPIMessager.cxx, netGetFrameStats). What this display server does not tell is 0;
 * clients that did not answer are left out.
 */
export function renderFrameStats(
  { width, height, changed, time }: Frame,
  clients: readonly Visitor[],
  pings: readonly (number | undefined)[],
): string {
  const total = Math.round(time);
  const untold = { time: 0, count: 0, area: 0 };
  const told = clients.flatMap((client, index) => {
    const ping = pings[index];
    if (ping === undefined) return [];
    const processes = [{ process_name: "scanRenderQ", time: 0 }];
    return [{ client: nameOf(client), client_time: 0, ping: Math.round(ping), processes }];
  });
  const stats = {
    frame: { resx: width, resy: height, changed, server_time: total },
    server_side: [
      { process_name: "Analysis", time: 0 },
      { process_name: "Screenshot", time: 0 },
      { process_name: "Encoding_total", time: total, videoscaling: 0 },
      { process_name: "TightJPEGEncoder", ...untold },
      { process_name: "TightWEBPEncoder", ...untold },
    ],
    client_side: told,
  };
  return JSON.stringify(stats, undefined, 4);
}
