import { SOUND, type SoundPacket } from "../../wire/sound.ts";
import type { SoundBlock } from "./worklet.ts";

/** Decodes packets into samples, in their order of arrival. */
export interface Decoder {
  decode(packet: SoundPacket): void;
  close(): void;
}

type OnBlock = (block: SoundBlock) => void;

const CONFIGURATION = {
  codec: "opus",
  sampleRate: SOUND.rate,
  numberOfChannels: SOUND.channels,
} as const;

/** Packets that may wait to be decoded before new ones are dropped. */
const LONGEST_QUEUE = 50;

/** The browser's own decoder, or one in WebAssembly that is loaded where it is missing. */
export async function openDecoder(onBlock: OnBlock): Promise<Decoder> {
  return (await hasOwn()) ? openOwn(onBlock) : openWasm(onBlock);
}

async function hasOwn(): Promise<boolean> {
  if (!("AudioDecoder" in globalThis)) return false;
  const { supported } = await AudioDecoder.isConfigSupported(CONFIGURATION).catch(() => ({
    supported: false,
  }));
  return supported === true;
}

function openOwn(onBlock: OnBlock): Decoder {
  // Chromium counts from the first timestamp across gaps, so each packet's own timestamp is kept.
  let timestamps: number[] = [];
  let decoder = start();
  function start(): AudioDecoder {
    timestamps = [];
    const fresh = new AudioDecoder({
      output: (data) => onBlock(samplesOf(data, timestamps.shift() ?? data.timestamp)),
      // An error closes the decoder; `decode` then opens a new one.
      error: () => {},
    });
    fresh.configure(CONFIGURATION);
    return fresh;
  }
  return {
    decode({ timestamp, data }) {
      if (decoder.state === "closed") decoder = start();
      if (decoder.decodeQueueSize > LONGEST_QUEUE) return;
      timestamps.push(timestamp);
      decoder.decode(new EncodedAudioChunk({ type: "key", timestamp, data }));
    },
    close() {
      if (decoder.state !== "closed") decoder.close();
    },
  };
}

function samplesOf(data: AudioData, timestamp: number): SoundBlock {
  const channels = Array.from({ length: data.numberOfChannels }, (_, planeIndex) => {
    const plane = new Float32Array(data.numberOfFrames);
    data.copyTo(plane, { planeIndex, format: "f32-planar" });
    return plane;
  });
  data.close();
  return { channels, position: positionOf(timestamp) };
}

async function openWasm(onBlock: OnBlock): Promise<Decoder> {
  const { OpusDecoder } = await import("opus-decoder");
  const decoder = new OpusDecoder({ sampleRate: SOUND.rate, channels: SOUND.channels, preSkip: 0 });
  await decoder.ready;
  return {
    decode({ timestamp, data }) {
      const { channelData } = decoder.decodeFrame(data);
      // The decoder reuses its memory, so a copy is passed on.
      onBlock({ channels: channelData.map((channel) => channel.slice()), position: positionOf(timestamp) });
    },
    close: () => decoder.free(),
  };
}

function positionOf(timestamp: number): number {
  return Math.round((timestamp * SOUND.rate) / 1_000_000);
}
