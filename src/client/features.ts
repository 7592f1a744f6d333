import { clients } from "./clients/set-up.ts";
import type { Feature } from "./feature.ts";
import { richClipboard } from "./rich-clipboard/set-up.ts";

/** The features of the client, in the order of their sections in the panel. */
export const features: readonly Feature[] = [richClipboard, clients];
