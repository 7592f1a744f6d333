import type { RawData, WebSocket } from "ws";
import { TAKEN_OVER, VOICE, type VoiceReport } from "../../wire/microphone.ts";
import { CLOSE } from "../gateway/sockets.ts";
import type { Log } from "../log/log.ts";
import { readMessage } from "./read-message.ts";
import type { Voice, VoiceOptions } from "./voice.ts";

/** Lets one connection speak at a time: the newest. */
export interface Stage {
  /** Makes a connection the speaker, in place of the current one. */
  enter(client: WebSocket): void;
  /** The same for a connection that reconnects automatically: it does not replace a current speaker. */
  comeBack(client: WebSocket): void;
  close(): void;
}

export interface StageOptions {
  readonly openVoice: (options: Pick<VoiceOptions, "onHeard">) => Voice;
  readonly log: Log;
}

interface Speaker {
  readonly client: WebSocket;
  /** Whether a message has come recently. */
  isPresent(): boolean;
  leave(): void;
}

/** Milliseconds without a message after which a speaker counts as gone, even if the connection is still open. */
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
      // A replaced speaker may have sent more messages before it noticed.
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

/** Opens a speaker's voice; logs its beginning, its end and its losses. */
function admit(client: WebSocket, { openVoice, log }: StageOptions) {
  const since = performance.now();
  let lastMessage = since;
  let expected: number | undefined;
  let [messages, lost] = [0, 0];
  const report = (heard: boolean) => {
    const message: VoiceReport = { version: VOICE.version, heard };
    client.send(JSON.stringify(message));
  };
  const voice = openVoice({ onHeard: report });
  log.info({ event: "microphone.on" });
  return {
    client,
    isPresent: () => performance.now() - lastMessage < PRESENCE,
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
      lastMessage = performance.now();
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
