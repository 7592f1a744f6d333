import { byId } from "./dom.ts";
import type { Session } from "./session.ts";
import { pictures, type Settings } from "./settings.ts";

/**
 * Applies the size mode and the picture quality of the settings to a session. Where the desktop should fit the window,
 * it does so only if the window leads; otherwise the picture is scaled.
 */
export function applyDisplay(
  session: Session,
  { resize, picture, levels, keyboard }: Settings,
  leads: boolean,
): void {
  session.scaleViewport = resize === "scale" || (resize === "remote" && !leads);
  session.resizeSession = resize === "remote" && leads;
  // With a mouse, scroll bars reach the rest of a large desktop. Touches belong to the desktop, so there it is
  // moved by dragging.
  session.clipViewport = resize === "off" && !matchMedia("(any-pointer: fine)").matches;
  const { quality, compression, rest } = { ...pictures[picture], ...levels };
  session.qualityLevel = quality;
  session.compressionLevel = compression;
  session.rest = rest;
  session.keyboard = keyboard;
}

/** Keeps the last picture of an ended session in the page, so that a short break does not show a black screen. */
export function keepLastPicture(session: Session, { resize }: Settings): void {
  const canvas = byId("last-picture", HTMLCanvasElement);
  const { seen } = session;
  canvas.width = seen.width;
  canvas.height = seen.height;
  canvas.dataset.fit = resize === "off" ? "none" : "contain";
  canvas.getContext("2d")?.drawImage(seen, 0, 0);
  canvas.hidden = false;
}

/** Removes the last picture once there is a live one. */
export function dropLastPicture(): void {
  byId("last-picture", HTMLCanvasElement).hidden = true;
}
