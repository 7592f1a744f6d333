import { byId } from "./dom.ts";
import { type DesktopFit, fitDesktop } from "./fit-desktop.ts";
import type { Session } from "./session.ts";
import { pictures, type Settings } from "./settings.ts";

/** The size and the scale of a desktop that fits this window. */
export function fitOf(settings: Settings): DesktopFit {
  const { width, height } = byId("desktop", HTMLElement).getBoundingClientRect();
  const isTouch = matchMedia("(pointer: coarse)").matches;
  return fitDesktop({ width, height, density: devicePixelRatio, isTouch }, settings);
}

/**
 * Applies the size mode and the picture quality of the settings to a session. Where the desktop should fit the window,
 * it does so only if the window leads; a picture that does not fit is scaled.
 */
export function applyDisplay(session: Session, settings: Settings, leads: boolean): void {
  const { resize, sharp, picture, levels, keyboard } = settings;
  session.density = sharp ? devicePixelRatio : 1;
  session.wantedSize = () => fitOf(settings);
  session.scaleViewport = resize !== "off";
  session.resizeSession = resize === "remote" && leads;
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
  const { width, height } = sizeOf(seen);
  Object.assign(canvas, { width, height });
  canvas.dataset.fit = resize === "off" ? "none" : "contain";
  canvas.style.width = resize === "off" ? `${width / session.density}px` : "";
  canvas.getContext("2d")?.drawImage(seen, 0, 0);
  canvas.hidden = false;
}

function sizeOf(picture: Session["seen"]) {
  if (picture instanceof HTMLCanvasElement) return picture;
  return { width: picture.videoWidth, height: picture.videoHeight };
}

/** Removes the last picture once there is a live one. */
export function dropLastPicture(): void {
  byId("last-picture", HTMLCanvasElement).hidden = true;
}
