import type { RawData, WebSocket } from "ws";
import { TAKEN_OVER, VOICE, type VoiceReport } from "../../model/microphone.ts";
import { CLOSE } from "../gateway/sockets.ts";
import type { Log } from "../log.ts";
import { readMessage } from "./read-message.ts";
import type { Voice, VoiceOptions } from "./voice.ts";

/** Where one speaks at a time: the newest. */
export interface Stage {
  enter(client: WebSocket): void;
  close(): void;
}

export interface StageOptions {
  readonly openVoice: (options: Pick<VoiceOptions, "onHeard">) => Voice;
  readonly log: Log;
}

/** Who speaks now. */
interface Speaker {
  readonly client: WebSocket;
  leave(): void;
}

export function createStage(options: StageOptions): Stage {
  let speaker: Speaker | undefined;
  const leave = (leaving: Speaker | undefined) => {
    if (leaving === undefined || leaving !== speaker) return;
    speaker = undefined;
    leaving.leave();
  };
  return {
    enter(client) {
      const former = speaker;
      leave(former);
      former?.client.close(TAKEN_OVER, "another tab or device speaks now");
      const entered = admit(client, options);
      speaker = entered;
      client.on("message", (data, isBinary) => {
        // Who was told to go may have sent more before he heard of it.
        if (speaker === entered) entered.hear(data, isBinary);
      });
      client.on("close", () => leave(entered));
    },
    close: () => leave(speaker),
  };
}

/** Opens the speaker's voice; the log tells when one begins and when he ends, and how much of him got lost. */
function admit(client: WebSocket, { openVoice, log }: StageOptions) {
  const since = performance.now();
  let expected: number | undefined;
  let [messages, lost] = [0, 0];
  const report = (heard: boolean) => {
    const told: VoiceReport = { version: VOICE.version, heard };
    client.send(JSON.stringify(told));
  };
  const voice = openVoice({ onHeard: report });
  log.info({ event: "microphone.on" });
  return {
    client,
    hear(data: RawData, isBinary: boolean): void {
      const message = readMessage(data, isBinary);
      if (typeof message === "string") {
        client.close(CLOSE.policy, message);
        return;
      }
      const { sequence, samples } = message;
      lost += expected === undefined ? 0 : (sequence - expected) & 0xffff;
      expected = (sequence + 1) & 0xffff;
      messages += 1;
      voice.push(samples);
    },
    leave(): void {
      const seconds = Math.round((performance.now() - since) / 100) / 10;
      const dropped = Math.round((voice.dropped() / 2 / VOICE.rate) * 1000);
      voice.close();
      log.info({ event: "microphone.off", seconds, messages, lost, dropped });
    },
  };
}
