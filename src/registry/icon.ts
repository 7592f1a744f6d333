import { imageSize } from "image-size";
import type { Fault } from "../model/error.ts";

/** Kasm's minimum size of an icon, in pixels. */
const SMALLEST = 50;

/** Faults of an icon: not a PNG or SVG, not square, or a PNG smaller than 50 pixels. */
export function iconFaults(content: Buffer, path: string): Fault[] {
  const read = sizeOf(content);
  if (read === undefined) {
    return [{ path, message: "is not a readable picture", fix: "Give a PNG or SVG file." }];
  }
  const { type, width, height } = read;
  if (type !== "png" && type !== "svg") {
    return [{ path, message: `is a ${type} picture`, fix: "Give a PNG or SVG file." }];
  }
  const faults: Fault[] = [];
  if (width !== height) {
    faults.push({
      path,
      message: `is ${width} x ${height}, not square`,
      fix: "Make its width equal to its height.",
    });
  }
  if (type === "png" && Math.min(width, height) < SMALLEST) {
    faults.push({
      path,
      message: `is only ${width} x ${height}`,
      fix: `Make it at least ${SMALLEST} x ${SMALLEST}.`,
    });
  }
  return faults;
}

/** Whether it is a picture at all. */
export function isPicture(content: Buffer): boolean {
  return sizeOf(content) !== undefined;
}

function sizeOf(content: Buffer): { type: string; width: number; height: number } | undefined {
  try {
    const { type = "", width, height } = imageSize(content);
    return { type, width, height };
  } catch {
    return undefined;
  }
}
