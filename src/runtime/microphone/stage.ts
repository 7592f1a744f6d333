import type { RawData, WebSocket } from "ws";
import { TAKEN_OVER, VOICE, type VoiceReport } from "../../wire/microphone.ts";
import { CLOSE } from "../gateway/sockets.ts";
import type { Log } from "../log/log.ts";
import { readMessage } from "./read-message.ts";
import type { Voice, VoiceOptions } from "./voice.ts";

/** Where one speaks at a time: the newest. */
export interface Stage {
  /** A speaker who wants to speak now. */
  enter(client: WebSocket): void;
  /** One who comes back by himself: not in the place of another who speaks. */
  comeBack(client: WebSocket): void;
  close(): void;
}

export interface StageOptions {
  readonly openVoice: (options: Pick<VoiceOptions, "onHeard">) => Voice;
  readonly log: Log;
}

/** Who speaks now. */
interface Speaker {
  readonly client: WebSocket;
  /** Whether he has been heard of just now. */
  isPresent(): boolean;
  leave(): void;
}

/** Milliseconds without a message after which a speaker is not there any more, though nobody has noticed yet. */
const PRESENCE = 1_000;

export function createStage(options: StageOptions): Stage {
  let speaker: Speaker | undefined;
  const leave = (leaving: Speaker | undefined) => {
    if (leaving === undefined || leaving !== speaker) return;
    speaker = undefined;
    leaving.leave();
  };
  const enter = (client: WebSocket) => {
    const former = speaker;
    leave(former);
    former?.client.close(TAKEN_OVER, TAKEN);
    const entered = admit(client, options);
    speaker = entered;
    client.on("message", (data, isBinary) => {
      // Who was told to go may have sent more before he heard of it.
      if (speaker === entered) entered.hear(data, isBinary);
    });
    client.on("close", () => leave(entered));
  };
  return {
    enter,
    comeBack(client) {
      if (speaker?.isPresent()) client.close(TAKEN_OVER, TAKEN);
      else enter(client);
    },
    close: () => leave(speaker),
  };
}

const TAKEN = "another tab or device speaks now";

/** Opens the speaker's voice; the log tells when one begins and when he ends, and how much of him got lost. */
function admit(client: WebSocket, { openVoice, log }: StageOptions) {
  const since = performance.now();
  let heardOf = since;
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
    isPresent: () => performance.now() - heardOf < PRESENCE,
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
      heardOf = performance.now();
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
