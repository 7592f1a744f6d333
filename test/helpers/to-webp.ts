import type { Browser } from "playwright-core";

/** Width of a picture on the registry's page: twice that of a card, for dense screens. */
export const WIDTH = 720;

/** A picture as a WebP, scaled to a width if one is given. Chromium encodes it, so that no further tool is needed. */
export async function toWebp(browser: Browser, png: Buffer, width?: number): Promise<Buffer> {
  const page = await browser.newPage();
  const url = await page.evaluate<string>(`(async () => {
    const image = new Image();
    image.src = "data:image/png;base64,${png.toString("base64")}";
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = ${width ?? "image.width"};
    canvas.height = Math.round((canvas.width / image.width) * image.height);
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/webp", 0.85);
  })()`);
  await page.close();
  return Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
}
