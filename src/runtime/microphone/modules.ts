import { isWanted } from "../side/switches.ts";

/** The sink that the gateway plays the voice into. */
export const VOICE_SINK = "kasmix_voice";
/** The source that apps record from. */
const SOURCE = "kasmix_microphone";

/**
 * Options of PulseAudio for the microphone: a sink whose monitor is shown to apps as a microphone. It is the only
 * source that is no monitor, which makes it the default; and a sink has a clock of its own, so apps hear silence while
 * nobody speaks, instead of waiting.
 */
export function microphoneModules(environment: NodeJS.ProcessEnv): string[] {
  if (!isWanted("microphone", environment)) return [];
  const [sound, channel] = ["format=s16le rate=48000", "channels=1 channel_map=mono"];
  const icon = "device.icon_name=audio-input-microphone";
  const sink = `sink_name=${VOICE_SINK} ${sound} ${channel}`;
  const source = `source_name=${SOURCE} ${channel} master=${VOICE_SINK}.monitor master_channel_map=mono remix=no`;
  return [
    // A sink that rewinds renders two seconds ahead while it is idle, and who begins to record hears nothing until then.
    `--load=module-null-sink ${sink} norewinds=1 sink_properties="device.description='Voice from the browser' ${icon}"`,
    `--load=module-remap-source ${source} source_properties="device.description=Microphone device.form_factor=microphone ${icon}"`,
  ];
}
