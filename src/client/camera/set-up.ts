import type { Feature, FeatureContext } from "../feature.ts";
import { openCapture } from "./capture.ts";
import { createCamera } from "./control.ts";
import { openLink } from "./link.ts";
import { createView } from "./view.ts";

/** The camera: the visitor's own, for programs on the desktop. */
export const camera: Feature = { service: "camera", setUp };

function setUp({ group, socketAddress, store, onState, focusDesktop }: FeatureContext): void {
  const stored = store.read();
  let chosen = typeof stored === "string" ? stored : undefined;
  const view = createView({
    group: group("sound", "Camera"),
    onToggle() {
      if (control.phase === "off") void control.turnOn(chosen);
      else control.turnOff();
      focusDesktop();
    },
    onDevice(device) {
      chosen = device;
      store.write(device);
      if (control.phase !== "off") void control.turnOn(device);
    },
  });
  const offerDevices = async () => view.offer(await listDevices(), control.device ?? chosen);
  const control = createCamera({
    openCapture,
    preview(stream) {
      view.video.srcObject = stream ?? null;
      if (stream !== undefined) void view.video.play().catch(() => {});
    },
    openLink: (listener) => openLink(socketAddress("camera"), view.video, listener),
    onState(phase, note) {
      view.show(phase, note);
      void offerDevices();
    },
  });
  view.show("off");
  navigator.mediaDevices?.addEventListener("devicechange", () => void offerDevices());
  onState(({ phase }) => {
    if (phase !== "connected" && control.phase !== "off") control.turnOff("lost");
  });
}

/** The cameras, once the browser reveals their names. */
async function listDevices(): Promise<MediaDeviceInfo[]> {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return devices.filter(({ kind, label }) => kind === "videoinput" && label !== "");
}
