import { existsSync } from "node:fs";
import type { Directories } from "../boot/directories.ts";
import { isWanted } from "../side/switches.ts";

/** Path of the library of nix/devices in the image. */
export const LIBRARY = "/opt/kasmix/devices.so";

/** The folder of the virtual gamepads. */
export function gamepadFolder({ runtime }: Directories): string {
  return `${runtime}/gamepads`;
}

/** The socket of the virtual camera. Its name is the camera's in /dev, after those of real cameras. */
export function cameraSocket({ runtime }: Directories, devices = "/dev"): string {
  let number = 0;
  while (existsSync(`${devices}/video${number}`)) number += 1;
  return `${runtime}/camera/video${number}`;
}

/**
 * Adds the library that shows gamepads and the camera to a session's environment, after libraries that are preloaded
 * already. Returns the environment unchanged when both are switched off or the library is missing.
 */
export function withDevices(
  session: NodeJS.ProcessEnv,
  container: NodeJS.ProcessEnv,
  directories: Directories,
  library = LIBRARY,
): NodeJS.ProcessEnv {
  const [gamepads, camera] = [isWanted("gamepad", container), isWanted("camera", container)];
  if ((!gamepads && !camera) || !existsSync(library)) return session;
  return {
    ...session,
    LD_PRELOAD: [session.LD_PRELOAD, library].filter(Boolean).join(":"),
    ...(camera ? { KASMIX_CAMERA: cameraSocket(directories) } : {}),
    // A container has no udev; otherwise SDL would wait for it instead of reading /dev/input.
    ...(gamepads ? { KASMIX_GAMEPADS: gamepadFolder(directories), SDL_JOYSTICK_DISABLE_UDEV: "1" } : {}),
  };
}
