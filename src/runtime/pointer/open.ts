import { LONGEST_POINTER_MESSAGE } from "../../wire/pointer.ts";
import { createSockets } from "../gateway/sockets.ts";
import type { Log } from "../log/log.ts";
import { xServer } from "../session/display.ts";
import type { SideOptions, SideService } from "../side/service.ts";
import { servePage } from "./serve.ts";
import { createVirtualMouse } from "./virtual-mouse.ts";

export interface PointerOptions {
  /** Socket of the X server. */
  readonly path: string;
  readonly readCookie: () => Buffer;
  readonly log: Log;
}

/**
 * Relative motion of a mouse that is locked to the desktop, for games: docs/internals/messages.md. RFB has only
 * absolute positions.
 */
export function openPointer({ environment, directories, log }: SideOptions): SideService {
  return pointerService({ ...xServer(environment, directories), log });
}

/** The same for a given X server. */
export function pointerService({ path, readCookie, log }: PointerOptions): SideService {
  const mouse = createVirtualMouse(path, readCookie);
  const sockets = createSockets({
    onClient: (client) => servePage(client, mouse),
    log,
    // A button that is held when the network fails is released after this.
    keepAlive: 5_000,
    longestMessage: LONGEST_POINTER_MESSAGE,
  });
  return {
    name: "pointer",
    sockets: [{ path: "/pointer", needs: "owner", upgrade: sockets.upgrade }],
    close() {
      sockets.close();
      mouse.close();
    },
  };
}
