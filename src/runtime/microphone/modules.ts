import { isWanted } from "../side/switches.ts";

/** The sink into which the gateway plays the voice. */
export const VOICE_SINK = "kasmix_voice";
/** The source that apps record from. */
const SOURCE = "kasmix_microphone";

/**
 * PulseAudio's options for the microphone: a sink whose monitor apps see as a microphone. It is the default, as the
 * only source that is not itself a monitor. A sink has its own clock, so apps record silence while nobody speaks,
 * instead of waiting.
 */
export function microphoneModules(environment: NodeJS.ProcessEnv): string[] {
  if (!isWanted("microphone", environment)) return [];
  const [sound, channel] = ["format=s16le rate=48000", "channels=1 channel_map=mono"];
  const icon = "device.icon_name=audio-input-microphone";
  const sink = `sink_name=${VOICE_SINK} ${sound} ${channel}`;
  const source = `source_name=${SOURCE} ${channel} master=${VOICE_SINK}.monitor master_channel_map=mono remix=no`;
  return [
    // An idle sink with rewinding renders two seconds ahead, during which a new recording would be silent.
    `--load=module-null-sink ${sink} norewinds=1 sink_properties="device.description='Voice from the browser' ${icon}"`,
    `--load=module-remap-source ${source} source_properties="device.description=Microphone device.form_factor=microphone ${icon}"`,
  ];
}
