import { existsSync } from "node:fs";
import type { Directories } from "../boot/directories.ts";
import { isWanted } from "../side/switches.ts";

/** Path of the library of nix/gamepad in the image. */
export const LIBRARY = "/opt/kasmix/gamepad.so";

/** The folder of the virtual gamepads. */
export function gamepadFolder({ runtime }: Directories): string {
  return `${runtime}/gamepads`;
}

/**
 * Adds the library that shows the gamepads to a session's environment, after libraries that are preloaded already.
 * Returns the environment unchanged when gamepads are switched off or the library is missing.
 */
export function withGamepads(
  session: NodeJS.ProcessEnv,
  container: NodeJS.ProcessEnv,
  directories: Directories,
  library = LIBRARY,
): NodeJS.ProcessEnv {
  if (!isWanted("gamepad", container) || !existsSync(library)) return session;
  return {
    ...session,
    KASMIX_GAMEPADS: gamepadFolder(directories),
    LD_PRELOAD: [session.LD_PRELOAD, library].filter(Boolean).join(":"),
    // A container has no udev; otherwise SDL would wait for it instead of reading /dev/input.
    SDL_JOYSTICK_DISABLE_UDEV: "1",
  };
}
