import type { Feature, FeatureContext } from "../feature.ts";
import { openStore } from "../settings.ts";
import { type CaptureOptions, openCapture } from "./capture.ts";
import { Microphone } from "./control.ts";
import { addVoiceFigures } from "./figures.ts";
import { createView } from "./view.ts";
import { openVoiceSocket } from "./voice-socket.ts";

/** The microphone: the visitor's voice for programs on the desktop. */
export const microphone: Feature = { service: "microphone", setUp };

function setUp(context: FeatureContext): void {
  const { group, socketAddress, store, onState, focusDesktop, addFigure } = context;
  const noteFigures = addVoiceFigures(addFigure, () => control.state.phase === "on");
  // Per tab: a new tab must not start to record.
  const tab = openStore(() => sessionStorage, new URL(location.href), "microphone");
  const preference = readPreference(store.read());
  const view = createView({
    group: group("sound", "Microphone"),
    preference,
    onToggle() {
      if (control.state.phase === "off") void control.turnOn();
      else control.turnOff();
      focusDesktop();
    },
    onPreference(changed) {
      store.write(changed);
      void control.change(changed);
    },
  });
  const control = new Microphone(
    {
      ...BROWSER,
      openSocket: (again, listener) =>
        openVoiceSocket(socketAddress(again ? "microphone/again" : "microphone"), listener, noteFigures),
      remember: (on) => tab.write(on),
      onState(state) {
        view.show(state);
        void offerDevices();
      },
      onPeak: view.level,
    },
    preference,
  );
  const offerDevices = async () => {
    const devices = await listDevices();
    view.offer(devices, control.device);
    return devices.map(({ deviceId }) => deviceId);
  };
  const onDeviceChange = async () => control.onDevices(await offerDevices());
  view.show(control.state);
  document.addEventListener("visibilitychange", () => control.look());
  navigator.mediaDevices?.addEventListener("devicechange", () => void onDeviceChange());
  onState(({ phase }) => control.onDesktop(phase));
  if (tab.read() === true) control.resume();
}

/** Browser functions the microphone uses. */
const BROWSER = {
  openCapture,
  isAllowed,
  isVisible: () => document.visibilityState === "visible",
  after(milliseconds: number, callback: () => void) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

function readPreference(stored: unknown): CaptureOptions {
  const fields = typeof stored === "object" && stored !== null ? (stored as Partial<CaptureOptions>) : {};
  return {
    device: typeof fields.device === "string" ? fields.device : undefined,
    processed: fields.processed !== false,
  };
}

/** A browser that does not say might ask. */
async function isAllowed(): Promise<boolean> {
  try {
    const status = await navigator.permissions.query({ name: "microphone" as PermissionName });
    return status.state === "granted";
  } catch {
    return false;
  }
}

/** The microphones, once the browser reveals their names. */
async function listDevices(): Promise<MediaDeviceInfo[]> {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return devices.filter(({ kind, label }) => kind === "audioinput" && label !== "");
}
