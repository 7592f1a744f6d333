import type { Feature } from "../feature.ts";
import { openWay } from "./way.ts";

/** Relative motion for a locked mouse. */
export const pointer: Feature = {
  service: "pointer",
  setUp: ({ pointer: lock, socketAddress }) => lock.join(() => openWay(socketAddress("pointer"))),
};
