import type { WebSocket } from "ws";
import { Flow } from "../../wire/flow.ts";
import { decodeReceipt, encodePacket, SOUND } from "../../wire/sound.ts";
import { createSockets } from "../gateway/sockets.ts";
import type { SideOptions, SideService } from "../side/service.ts";
import { type Audience, createAudience } from "./audience.ts";
import { createCapture } from "./capture.ts";
import { TransportStream } from "./mpeg-ts.ts";
import type { SoundRecord } from "./records.ts";

/** Bytes that may wait for a listener who gives no receipts: two seconds of sound. */
const LONGEST_QUEUE = 48 * 1024;

/**
 * What the desktop plays: as Opus for the client, as MPEG-TS for Kasm's page on a port of its own. Nothing is recorded
 * unless somebody listens, and a slow listener misses sound instead of getting it late.
 */
export function openSound(options: SideOptions): SideService {
  const { ports, log } = options;
  const opus = openStream(options, "opus", opusRenderer);
  const mpeg = openStream(options, "mp2", mpegRenderer);
  const listen = createSockets({ log, onClient: (client) => follow(opus, client) });
  const play = createSockets({ log, onClient: (client) => pour(mpeg, client) });
  return {
    name: "sound",
    sockets: [{ path: "/audio", needs: "viewer", upgrade: listen.upgrade }],
    ports: [{ ...ports.sound, sockets: [{ path: "/", needs: "viewer", upgrade: play.upgrade }] }],
    close() {
      listen.close();
      play.close();
    },
  };
}

type Renderer = () => (record: SoundRecord) => Uint8Array;

/** An encoder and those who listen to it. */
function openStream(options: SideOptions, format: "opus" | "mp2", renderer: Renderer): Audience {
  const { environment, directories, log } = options;
  const program = environment.KASMIX_SOUND_ENCODER || "/opt/kasmix/sound-encoder";
  const { runtime } = directories;
  const audience = createAudience(() => source);
  let render = renderer();
  const capture = createCapture({
    command: [program, format],
    // PulseAudio's library looks for its cookie at home, which may belong to another user.
    environment: { PATH: environment.PATH, HOME: runtime, PULSE_SERVER: `unix:${runtime}/pulse/native` },
    onRecord: (record) => audience.tell(render(record)),
    log,
  });
  const source = {
    start() {
      render = renderer();
      capture.start();
    },
    stop: capture.stop,
  };
  return audience;
}

const opusRenderer: Renderer = () => {
  let sequence = 0;
  return ({ timestamp, frame }) => encodePacket({ sequence: sequence++, timestamp, data: frame });
};

const mpegRenderer: Renderer = () => {
  const stream = new TransportStream();
  return ({ timestamp, frame }) => stream.mux(frame, timestamp);
};

/** A listener who gives receipts: nothing is sent while too much is on its way. */
function follow(audience: Audience, client: WebSocket): void {
  const flow = new Flow(SOUND.window);
  client.on("message", (data: Buffer) => {
    const count = decodeReceipt(data);
    if (count !== undefined) flow.confirm(count);
  });
  audience.join(client, (packet) => {
    if (flow.admits()) client.send(packet, { binary: true });
  });
}

/** A listener who gives none: nothing is sent while too much waits in this process. */
function pour(audience: Audience, client: WebSocket): void {
  audience.join(client, (chunk) => {
    if (client.bufferedAmount < LONGEST_QUEUE) client.send(chunk, { binary: true });
  });
}
