import { SCREEN, type ScreenCodec } from "../../wire/screen.ts";

/** WebCodecs' name of a usual form of each codec, for a desktop of up to 4096 x 2176 pixels. */
const SAMPLES: Readonly<Record<ScreenCodec, string>> = {
  h264: "avc1.42E033",
  vp8: "vp8",
};

/** The codecs that this browser decodes; none without WebCodecs, which needs a secure context. */
export async function decodableCodecs(): Promise<ScreenCodec[]> {
  if (!("VideoDecoder" in globalThis)) return [];
  const answers = SCREEN.codecs.map(async (codec) => {
    const configuration = { codec: SAMPLES[codec], optimizeForLatency: true };
    const { supported } = await VideoDecoder.isConfigSupported(configuration).catch(() => ({
      supported: false,
    }));
    return supported === true ? [codec] : [];
  });
  return (await Promise.all(answers)).flat();
}
