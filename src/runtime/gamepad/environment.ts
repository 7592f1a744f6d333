import { existsSync } from "node:fs";
import type { Directories } from "../boot/directories.ts";
import { isWanted } from "../side/switches.ts";

/** Where the image has the library of nix/gamepad. */
export const LIBRARY = "/opt/kasmix/gamepad.so";

/** The folder of the virtual gamepads. */
export function gamepadFolder({ runtime }: Directories): string {
  return `${runtime}/gamepads`;
}

/**
 * A session's environment in which programs see the gamepads: they load the library behind what they load already.
 * Where gamepads are switched off or the library is missing it is the same as before.
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
    // There is no udev in a container: without this SDL would wait for its word instead of looking into /dev/input.
    SDL_JOYSTICK_DISABLE_UDEV: "1",
  };
}
