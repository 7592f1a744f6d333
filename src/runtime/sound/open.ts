import type { WebSocket } from "ws";
import { Flow } from "../../wire/flow.ts";
import { decodeReceipt, encodePacket, SOUND } from "../../wire/sound.ts";
import { createSockets } from "../gateway/sockets.ts";
import type { SideOptions, SideService } from "../side/service.ts";
import { type Audience, createAudience } from "./audience.ts";
import { createCapture } from "./capture.ts";
import { TransportStream } from "./mpeg-ts.ts";
import type { SoundRecord } from "./records.ts";

/** Unsent bytes of a listener without receipts above which sound is dropped: two seconds. */
const LONGEST_QUEUE = 48 * 1024;

/**
 * The desktop's sound: Opus for the client, MPEG-TS on a port of its own for Kasm's page. Recorded only while somebody
 * listens; slow listeners miss sound instead of hearing it late.
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
    offers: { sound: opus },
    close() {
      listen.close();
      play.close();
    },
  };
}

type Renderer = () => (record: SoundRecord) => Uint8Array;

/** An encoder and its listeners. */
function openStream(options: SideOptions, format: "opus" | "mp2", renderer: Renderer): Audience {
  const { environment, directories, log } = options;
  const program = environment.KASMIX_SOUND_ENCODER || "/opt/kasmix/sound-encoder";
  const { runtime } = directories;
  const audience = createAudience(() => source);
  let render = renderer();
  const capture = createCapture({
    command: [program, format],
    // PulseAudio's library reads its cookie from HOME, which may belong to another user.
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

/** A listener with receipts: sound is dropped while too many packets are unconfirmed. */
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

/** A listener without receipts: sound is dropped while too many bytes are unsent. */
function pour(audience: Audience, client: WebSocket): void {
  audience.join(client, (chunk) => {
    if (client.bufferedAmount < LONGEST_QUEUE) client.send(chunk, { binary: true });
  });
}
