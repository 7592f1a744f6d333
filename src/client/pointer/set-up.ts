import type { Feature } from "../feature.ts";
import { openChannel } from "./channel.ts";

/** Relative motion for a locked mouse. */
export const pointer: Feature = {
  service: "pointer",
  setUp: ({ pointer: lock, socketAddress }) => lock.join(() => openChannel(socketAddress("pointer"))),
};
