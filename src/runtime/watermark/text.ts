import type { XConnection } from "../x11/connect.ts";
import { createContext, createPixmap, drawText, freePixmap, getImage, openFont } from "../x11/requests.ts";
import type { Bitmap } from "./png.ts";

/** The font that every X server has built in, and the size of its characters: those of Western Europe. */
const FONT = { name: "fixed", width: 6, height: 13, ascent: 11 };
/** Pixels for each of the font's: fewer for a long text, so that it fits into a small screen. */
const [SCALE, LONG_SCALE, LONG] = [3, 2, 40];
/** Light on dark, so that it can be read over everything. */
const [LIGHT, DARK] = [Buffer.of(0xb4, 0xb4, 0xb4, 255), Buffer.of(0x46, 0x46, 0x46, 255)];

/** Draws a text large, with a shadow. Rejects when the X server is gone or has no such font. */
export async function drawMark(x: XConnection, text: string): Promise<Bitmap> {
  const bytes = Buffer.from(text, "latin1");
  const [width, height] = [bytes.length * FONT.width, FONT.height];
  const [font, pixmap, context] = [x.newId(), x.newId(), x.newId()];
  x.send(openFont(font, FONT.name));
  x.send(createPixmap(pixmap, x.root, width, height));
  x.send(createContext(context, pixmap, font));
  x.send(drawText(pixmap, context, 0, FONT.ascent, bytes));
  const reply = await x.ask(getImage(pixmap, { x: 0, y: 0, width, height }));
  x.send(freePixmap(pixmap));
  return enlarge({ width, height, rgba: reply.subarray(32) }, text.length > LONG ? LONG_SCALE : SCALE);
}

/** The characters, white in `small`, in front of their shadow, on nothing. */
function enlarge(small: Bitmap, scale: number): Bitmap {
  const [width, height] = [small.width * scale + 1, small.height * scale + 1];
  const rgba = Buffer.alloc(width * height * 4);
  const isInk = (x: number, y: number) => {
    const [column, row] = [Math.floor(x / scale), Math.floor(y / scale)];
    const isInside = column >= 0 && row >= 0 && column < small.width && row < small.height;
    return isInside && small.rgba[(row * small.width + column) * 4] === 255;
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const colour = isInk(x, y) ? LIGHT : isInk(x - 1, y - 1) ? DARK : undefined;
      colour?.copy(rgba, (y * width + x) * 4);
    }
  }
  return { width, height, rgba };
}
