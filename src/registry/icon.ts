import { imageSize } from "image-size";
import type { Fault } from "../model/error.ts";

/** Pixels that an icon has at least, as Kasm asks for. */
const SMALLEST = 50;

/** What is wrong with an icon: not a PNG or SVG, not square, or smaller than 50 pixels. An SVG may have any size. */
export function iconFaults(content: Buffer, path: string): Fault[] {
  const read = sizeOf(content);
  if (read === undefined) {
    return [{ path, message: "is no picture that can be read", fix: "Give a PNG or SVG file." }];
  }
  const { type, width, height } = read;
  if (type !== "png" && type !== "svg") {
    return [{ path, message: `is a picture of the kind ${type}`, fix: "Give a PNG or SVG file." }];
  }
  const faults: Fault[] = [];
  if (width !== height) {
    faults.push({
      path,
      message: `is ${width} x ${height}, not square`,
      fix: "Make it as wide as it is high.",
    });
  }
  if (type === "png" && Math.min(width, height) < SMALLEST) {
    faults.push({ path, message: `is only ${width} x ${height}`, fix: `Give ${SMALLEST} pixels or more.` });
  }
  return faults;
}

function sizeOf(content: Buffer): { type: string; width: number; height: number } | undefined {
  try {
    const { type = "", width, height } = imageSize(content);
    return { type, width, height };
  } catch {
    return undefined;
  }
}
