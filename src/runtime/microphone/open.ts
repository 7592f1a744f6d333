import { VOICE } from "../../model/microphone.ts";
import { createSockets } from "../gateway/sockets.ts";
import type { SideOptions } from "../side/open.ts";
import type { SideService } from "../side/service.ts";
import { LONGEST_MESSAGE } from "./read-message.ts";
import { createStage } from "./stage.ts";
import { openVoice } from "./voice.ts";

/** WebSockets at a time: one speaks, and those that he displaced say goodbye. */
const MOST_CLIENTS = 8;

/** The microphone: the owner's voice, from a WebSocket into the source that apps record from. */
export function openMicrophone({ directories, ports, log }: SideOptions): SideService {
  const path = `${directories.runtime}/pulse/native`;
  const stage = createStage({ openVoice: ({ onHeard }) => openVoice({ path, log, onHeard }), log });
  const sockets = createSockets({
    onClient: stage.enter,
    log,
    limit: MOST_CLIENTS,
    longestMessage: LONGEST_MESSAGE,
  });
  const speak = { needs: "owner", upgrade: sockets.upgrade } as const;
  return {
    name: "microphone",
    facts: () => ({ version: VOICE.version, rate: VOICE.rate, longest: VOICE.longest }),
    sockets: [{ path: "/microphone", ...speak }],
    ports: [{ ...ports.microphone, sockets: [{ path: "/", ...speak }] }],
    close() {
      stage.close();
      sockets.close();
    },
  };
}
