import { chromium } from "playwright-core";
import { decodePng } from "../../helpers/picture.ts";
import { MEASURED, refuse } from "./browser.ts";
import { createRandom } from "./content/random.ts";
import type { Raster } from "./raster.ts";

const [WIDTH, HEIGHT] = [1280, 6000];

/** A long page of text as a browser draws it, in the fonts of this machine: always the same words. */
export async function drawPage(): Promise<Raster> {
  const browser = await chromium.launch(MEASURED).catch(refuse);
  try {
    const page = await browser.newPage({ viewport: { width: WIDTH, height: HEIGHT } });
    await page.setContent(renderPage());
    const { width, height, pixel } = decodePng(await page.screenshot());
    const pixels = Buffer.alloc(width * height * 4);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) pixels.writeUInt32LE(pixel(x, y), (y * width + x) * 4);
    }
    return { width, height, pixels };
  } finally {
    await browser.close();
  }
}

/** Two columns: prose in black on white, and a program's text in colours on dark. */
function renderPage(): string {
  const random = createRandom(2);
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T;
  const word = () => Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(SYLLABLES)).join("");
  const words = (count: number) => Array.from({ length: count }, word).join(" ");
  const paragraph = () => `<p>${words(40 + Math.floor(random() * 60))}.</p>`;
  const line = () =>
    `${" ".repeat(2 * Math.floor(random() * 5))}${[...Array(2 + Math.floor(random() * 5))]
      .map(() => `<span style="color:${pick(INKS)}">${word()}</span>`)
      .join(" ")}`;
  const many = (count: number, make: () => string) => Array.from({ length: count }, make);
  return `<body style="margin:0;display:flex;height:${HEIGHT}px;overflow:hidden">
<div style="width:560px;padding:20px 40px;font:15px/1.45 sans-serif">${many(90, paragraph).join("")}</div>
<pre style="width:560px;padding:20px 40px;margin:0;background:#1d2430;font:14px/1.4 monospace">${many(330, line).join("\n")}</pre>
</body>`;
}

const SYLLABLES = [..."ka ri to men del sa no vi per lu gra st on ing er al ti mo qu ex be ty".split(" ")];
const INKS = ["#e6e6e6", "#7fc8ff", "#ffb86b", "#9be38a", "#ff8fa3", "#c5a3ff"];
