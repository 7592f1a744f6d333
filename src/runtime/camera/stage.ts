import type { RawData, WebSocket } from "ws";
import { CAMERA, type CameraReport } from "../../wire/camera.ts";
import { TAKEN_OVER } from "../../wire/microphone.ts";
import { bytesOf } from "../gateway/bytes-of.ts";
import { CLOSE } from "../gateway/sockets.ts";
import type { Log } from "../log/log.ts";
import type { CameraDevice } from "./device.ts";

/** Lets one connection show its camera at a time: the newest. */
export interface Stage {
  /** Shows this connection's camera in place of the current one's. */
  enter(client: WebSocket): void;
  /** Asks for pictures if a program looks. */
  ask(): void;
}

export interface StageOptions {
  readonly device: Pick<CameraDevice, "show" | "isWatched">;
  /** What programs see while nobody shows a camera. */
  readonly off: Buffer;
  readonly log: Log;
}

/** Pictures under way: enough for thirty per second over a line of a tenth of a second, and few enough not to lag. */
const MOST_WANTED = 3;

export function createStage({ device, off, log }: StageOptions): Stage {
  /** Whose camera is shown, and how many pictures it was asked for that have not come. */
  let shown: { readonly client: WebSocket; wanted: number } | undefined;
  const ask = (isFirst = false) => {
    if (shown === undefined) return;
    const wanted = device.isWatched() ? MOST_WANTED - shown.wanted : 0;
    if (wanted === 0 && !isFirst) return;
    shown.wanted += wanted;
    const report: CameraReport = { version: CAMERA.version, wanted };
    shown.client.send(JSON.stringify(report));
  };
  const enter = (client: WebSocket) => {
    shown?.client.close(TAKEN_OVER, "another tab or device shows its camera now");
    const entered = { client, wanted: 0 };
    const since = performance.now();
    let pictures = 0;
    shown = entered;
    log.info({ event: "camera.on" });
    client.on("message", (data, isBinary) => {
      const fault = faultOf(data, isBinary);
      if (fault !== undefined) return client.close(CLOSE.policy, fault);
      // A replaced one may have sent more before it noticed; a picture that nobody asked for is dropped.
      if (shown !== entered || entered.wanted === 0) return;
      entered.wanted -= 1;
      pictures += 1;
      device.show(bytesOf(data));
      ask();
    });
    client.on("close", () => {
      log.info({
        event: "camera.off",
        seconds: Math.round((performance.now() - since) / 100) / 10,
        pictures,
      });
      if (shown !== entered) return;
      shown = undefined;
      device.show(off);
    });
    ask(true);
  };
  return { enter, ask: () => ask() };
}

const JPEG_START = Buffer.of(0xff, 0xd8, 0xff);
const JPEG_END = Buffer.of(0xff, 0xd9);

/** The fault of a message, undefined for none. The programs that decode the picture check the rest of it. */
function faultOf(data: RawData, isBinary: boolean): string | undefined {
  if (!isBinary) return "text instead of a picture";
  const bytes = bytesOf(data);
  const isJpeg = bytes.subarray(0, 3).equals(JPEG_START) && bytes.subarray(-2).equals(JPEG_END);
  return isJpeg ? undefined : "not a JPEG picture";
}
