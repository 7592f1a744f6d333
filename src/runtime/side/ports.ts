import { type Listener, portFrom } from "../gateway/listen.ts";
import type { Log } from "../log/log.ts";

/** Ports that Kasm's page uses; its sources disagree about the last two. */
const PORTS = {
  sound: [4901, listener("sound", "KASMIX_AUDIO_PORT", "Kasm's page is silent")],
  uploads: [4902, listener("uploads", "KASMIX_UPLOAD_PORT", "Kasm's page cannot upload")],
  microphone: [4903, listener("microphone", "KASMIX_AUDIO_INPUT_PORT", "Kasm's page has no microphone")],
  gamepad: [4904, listener("gamepad", "KASMIX_GAMEPAD_PORT", "Kasm's page has no gamepad")],
} as const satisfies Readonly<Record<string, readonly [number, Listener]>>;

/** A port number and its listener. */
export interface NumberedPort {
  readonly number: number;
  readonly listener: Listener;
}

export type SidePorts = Readonly<Record<keyof typeof PORTS, NumberedPort>>;

/** The ports of the side services from the environment. An invalid port is logged and Kasm's default used. */
export function sidePorts(environment: NodeJS.ProcessEnv, log: Log): SidePorts {
  const entries = Object.entries(PORTS).map(([name, [standard, listener]]) => {
    return [name, { number: portFrom(environment, listener, standard, log), listener }];
  });
  return Object.fromEntries(entries) as SidePorts;
}

function listener(name: string, setting: string, loss: string): Listener {
  return { name, setting, loss };
}
