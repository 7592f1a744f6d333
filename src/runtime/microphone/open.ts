import type { WebSocket } from "ws";
import { VOICE } from "../../wire/microphone.ts";
import { createSockets } from "../gateway/sockets.ts";
import type { SideOptions, SideService } from "../side/service.ts";
import { LONGEST_MESSAGE } from "./read-message.ts";
import { createStage } from "./stage.ts";
import { openVoice } from "./voice.ts";

/** WebSockets per address: one speaks, and displaced ones are closing. */
const MOST_CLIENTS = 8;

/** The microphone: plays the owner's voice from a WebSocket into the source that apps record. */
export function openMicrophone({ directories, ports, log }: SideOptions): SideService {
  const path = `${directories.runtime}/pulse/native`;
  const stage = createStage({ openVoice: ({ onHeard }) => openVoice({ path, log, onHeard }), log });
  const listen = (onClient: (client: WebSocket) => void) =>
    createSockets({ onClient, log, limit: MOST_CLIENTS, longestMessage: LONGEST_MESSAGE });
  const [speak, again] = [listen(stage.enter), listen(stage.comeBack)];
  return {
    name: "microphone",
    facts: () => ({ version: VOICE.version, rate: VOICE.rate, longest: VOICE.longest }),
    sockets: [
      { path: "/microphone", needs: "owner", upgrade: speak.upgrade },
      { path: "/microphone/again", needs: "owner", upgrade: again.upgrade },
    ],
    ports: [{ ...ports.microphone, sockets: [{ path: "/", needs: "owner", upgrade: speak.upgrade }] }],
    close() {
      stage.close();
      speak.close();
      again.close();
    },
  };
}
