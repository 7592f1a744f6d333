import { openCamera } from "../camera/open.ts";
import { openClipboard } from "../clipboard/open.ts";
import { openDownloads } from "../downloads/open.ts";
import { openGamepad } from "../gamepad/open.ts";
import { attempt } from "../log/attempt.ts";
import { openMicrophone } from "../microphone/open.ts";
import { openPointer } from "../pointer/open.ts";
import { openRecording } from "../recording/open.ts";
import { openScreen } from "../screen/open.ts";
import { openSound } from "../sound/open.ts";
import { openUploads } from "../uploads/open.ts";
import type { NumberedPort, SidePorts } from "./ports.ts";
import type { Offers, SideOptions, SideService } from "./service.ts";
import { isWanted, type SideName } from "./switches.ts";

type Open = (options: SideOptions, offers: Offers) => SideService | undefined;

/** All side services: one line each. Those that this image lacks give undefined. */
const OPEN: Readonly<Partial<Record<SideName, Open>>> = {
  uploads: openUploads,
  downloads: openDownloads,
  microphone: openMicrophone,
  gamepad: (options) => openGamepad(options),
  camera: openCamera,
  clipboard: openClipboard,
  sound: openSound,
  pointer: openPointer,
  screen: openScreen,
  // After those whose streams it records.
  recording: openRecording,
};

/** Opens the side services that the environment does not switch off. A service that fails is logged and left out. */
export function openSideServices(options: SideOptions, table = OPEN): SideService[] {
  const { environment, log } = options;
  const offers: Offers = {};
  return (Object.keys(table) as SideName[]).flatMap((name) => {
    const open = table[name];
    if (!open || !isWanted(name, environment)) return [];
    const trouble = { event: `${name}.failed`, advice: `The desktop runs without ${name}.` };
    const service = attempt(log, trouble, () => open(options, offers));
    Object.assign(offers, service?.offers);
    return service ?? [];
  });
}

/** The port numbers of all side services. */
export function portNumbers(ports: SidePorts): number[] {
  return Object.values<NumberedPort>(ports).map(({ number }) => number);
}
