import { LONGEST_POINTER_MESSAGE } from "../../wire/pointer.ts";
import { createSockets } from "../gateway/sockets.ts";
import type { Log } from "../log/log.ts";
import { xServer } from "../session/display.ts";
import type { SideOptions, SideService } from "../side/service.ts";
import { createHand } from "./hand.ts";
import { servePage } from "./serve.ts";

/** What the service is made from. */
export interface PointerOptions {
  /** Socket of the X server. */
  readonly path: string;
  readonly readCookie: () => Buffer;
  readonly log: Log;
}

/** The mouse of who has locked it to the desktop, for games: docs/internals/messages.md. RFB has only places. */
export function openPointer({ environment, directories, log }: SideOptions): SideService {
  return pointerService({ ...xServer(environment, directories), log });
}

/** The same, for an X server that is told. */
export function pointerService({ path, readCookie, log }: PointerOptions): SideService {
  const hand = createHand(path, readCookie);
  const sockets = createSockets({
    onClient: (client) => servePage(client, hand),
    log,
    // A button that is held while the network fails is let go when nobody answers any more.
    keepAlive: 5_000,
    longestMessage: LONGEST_POINTER_MESSAGE,
  });
  return {
    name: "pointer",
    // Who only looks must not move anything.
    sockets: [{ path: "/pointer", needs: "owner", upgrade: sockets.upgrade }],
    close() {
      sockets.close();
      hand.close();
    },
  };
}
