import type { Feature } from "./feature.ts";
import { sound } from "./sound/set-up.ts";

/** The features of the client, in the order of their sections in the panel. */
export const features: readonly Feature[] = [sound];
