import { existsSync } from "node:fs";
import { LONGEST_GAMEPAD_MESSAGE, MOST_GAMEPADS } from "../../wire/gamepad.ts";
import { gamepadFolder, LIBRARY } from "../devices/environment.ts";
import { createSockets } from "../gateway/sockets.ts";
import type { SideOptions, SideService } from "../side/service.ts";
import { openDevice } from "./device.ts";
import { createSeats } from "./seats.ts";
import { servePage } from "./serve.ts";

/** Makes gamepads of the owner's browser gamepads of the desktop; docs/internals/messages.md describes the messages. */
export function openGamepad(
  { directories, ports, onInput, log }: SideOptions,
  { linger, library = LIBRARY }: { readonly linger?: number; readonly library?: string } = {},
): SideService {
  if (!existsSync(library)) {
    const message = "Programs cannot see gamepads: the image lacks the library for them.";
    log.warn({ event: "gamepad.library", path: library, message });
  }
  const folder = gamepadFolder(directories);
  const seats = createSeats({
    open: (number, onRumble) => openDevice({ folder, number, onRumble, log }),
    count: MOST_GAMEPADS,
    ...(linger === undefined ? {} : { linger }),
  });
  const sockets = createSockets({
    onClient: (client) => servePage(client, seats, onInput),
    log,
    // A button that is held when the network fails is released after this.
    keepAlive: 5_000,
    longestMessage: LONGEST_GAMEPAD_MESSAGE,
  });
  return {
    name: "gamepad",
    sockets: [{ path: "/gamepad", needs: "owner", upgrade: sockets.upgrade }],
    ports: [{ ...ports.gamepad, sockets: [{ path: "/", needs: "owner", upgrade: sockets.upgrade }] }],
    facts: () => ({ gamepads: MOST_GAMEPADS }),
    close() {
      sockets.close();
      seats.close();
    },
  };
}
