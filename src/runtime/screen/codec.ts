import { SCREEN, type ScreenCodec } from "../../wire/screen.ts";

/** The first codec that most of these viewers can decode; undefined if nobody can decode any. */
export function chooseCodec(viewers: readonly (readonly ScreenCodec[])[]): ScreenCodec | undefined {
  const count = (codec: ScreenCodec) => viewers.filter((codecs) => codecs.includes(codec)).length;
  const most = Math.max(...SCREEN.codecs.map(count));
  return most === 0 ? undefined : SCREEN.codecs.find((codec) => count(codec) === most);
}

/** WebCodecs' name of the codec of a key frame, such as avc1.42E02A; undefined if it is none. */
export function codecName(codec: ScreenCodec, keyFrame: Buffer): string | undefined {
  if (codec === "vp8") return "vp8";
  const at = sequenceParameters(keyFrame);
  return at === undefined ? undefined : `avc1.${keyFrame.toString("hex", at, at + 3).toUpperCase()}`;
}

/** Offset of profile, constraints and level in the sequence parameter set of an access unit in Annex B's format. */
function sequenceParameters(unit: Buffer): number | undefined {
  for (let at = unit.indexOf(START); at >= 0 && at + 6 < unit.length; at = unit.indexOf(START, at + 3)) {
    if (((unit[at + 3] ?? 0) & TYPE) === SEQUENCE_PARAMETERS) return at + 4;
  }
  return undefined;
}

const START = Buffer.of(0, 0, 1);
const TYPE = 0x1f;
const SEQUENCE_PARAMETERS = 7;
