import { camera } from "./camera/set-up.ts";
import { clients } from "./clients/set-up.ts";
import { richClipboard } from "./clipboard/set-up.ts";
import { downloads } from "./downloads/set-up.ts";
import type { Feature } from "./feature.ts";
import { gamepad } from "./gamepad/set-up.ts";
import { temporaryHome } from "./home/set-up.ts";
import { limits } from "./limits/set-up.ts";
import { microphone } from "./microphone/set-up.ts";
import { pointer } from "./pointer/set-up.ts";
import { recording } from "./recording/set-up.ts";
import { screen } from "./screen/set-up.ts";
import { signOut } from "./sign-out/set-up.ts";
import { sound } from "./sound/set-up.ts";
import { uploads } from "./uploads/set-up.ts";

/** The features of the client, in the order of their sections in the panel. */
export const features: readonly Feature[] = [
  temporaryHome,
  richClipboard,
  sound,
  microphone,
  camera,
  uploads,
  downloads,
  recording,
  gamepad,
  clients,
  pointer,
  screen,
  signOut,
  limits,
];
