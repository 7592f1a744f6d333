export const SIDE_SERVICES = [
  "sound",
  "microphone",
  "uploads",
  "downloads",
  "gamepad",
  "camera",
  "clipboard",
  "pointer",
  "screen",
  "recording",
] as const;
export type SideName = (typeof SIDE_SERVICES)[number];

/** Variables of the container's environment that each switch a service off when they are 0. */
const SWITCHES: Readonly<Record<SideName, readonly string[]>> = {
  sound: ["KASM_SVC_AUDIO", "START_PULSEAUDIO"],
  microphone: ["KASM_SVC_AUDIO_INPUT", "START_PULSEAUDIO"],
  uploads: ["KASM_SVC_UPLOADS"],
  downloads: ["KASM_SVC_DOWNLOADS"],
  gamepad: ["KASM_SVC_GAMEPAD"],
  camera: ["KASM_SVC_WEBCAM"],
  clipboard: [],
  pointer: [],
  screen: ["KASMIX_STREAM"],
  recording: ["KASMIX_RECORDING"],
};

/** Whether the container's environment leaves a side service switched on. */
export function isWanted(name: SideName, environment: NodeJS.ProcessEnv): boolean {
  return SWITCHES[name].every((variable) => environment[variable] !== "0");
}
