/// <reference lib="dom" />
import type { Browser } from "playwright-core";
import { decodePng, type Picture } from "./picture.ts";

/** What a browser makes of a recording. */
export interface Film {
  /** Seconds. */
  readonly duration: number;
  readonly width: number;
  readonly height: number;
  /** The picture at a time. */
  readonly picture: Picture;
  /** Samples of the left channel, 48,000 a second. */
  readonly sound: readonly number[];
}

/** Plays a file in the browser: its picture at `at`, a share of the whole, and its sound between two seconds. */
export async function play(
  browser: Browser,
  file: Buffer,
  at: number,
  [from, to] = [0, 0] as readonly [number, number],
): Promise<Film> {
  const context = await browser.newContext({ viewport: { width: 1600, height: 1200 } });
  try {
    const page = await context.newPage();
    await page.setContent("<body style='margin:0'><video muted style='display:block'></video>");
    const facts = await page.evaluate(
      async ([base64, share, first, last]) => {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        const video = document.querySelector("video");
        if (video === null) throw new Error("no video");
        const happens = (name: string) =>
          new Promise((resolve, reject) => {
            video.addEventListener(name, resolve, { once: true });
            video.addEventListener("error", () => reject(new Error(video.error?.message)), { once: true });
          });
        video.src = URL.createObjectURL(new Blob([bytes], { type: "video/mp4" }));
        await happens("loadeddata");
        video.currentTime = video.duration * share;
        await happens("seeked");
        const { duration, videoWidth: width, videoHeight: height } = video;
        const decoder = new OfflineAudioContext(1, 1, 48_000);
        const sound =
          last > 0 ? (await decoder.decodeAudioData(bytes.buffer)).getChannelData(0) : new Float32Array();
        return { duration, width, height, sound: [...sound.slice(48_000 * first, 48_000 * last)] };
      },
      [file.toString("base64"), at, from, to] as const,
    );
    const box = { x: 0, y: 0, width: facts.width, height: facts.height };
    return { ...facts, picture: decodePng(await page.screenshot({ clip: box })) };
  } finally {
    await context.close();
  }
}
