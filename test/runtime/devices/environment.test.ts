import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { cameraSocket, withDevices } from "../../../src/runtime/devices/environment.ts";

const directories = { home: "/home", runtime: "/run/me" };
const GAMEPADS = { KASMIX_GAMEPADS: "/run/me/gamepads", SDL_JOYSTICK_DISABLE_UDEV: "1" };

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "kasmix-devices-"));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

function library(): string {
  const path = join(folder(), "devices.so");
  writeFileSync(path, "");
  return path;
}

test("programs preload the library after other preloaded ones", () => {
  const path = library();
  const shown = withDevices({ A: "b" }, {}, directories, path);
  const camera = { KASMIX_CAMERA: cameraSocket(directories) };
  expect(shown).toEqual({ A: "b", LD_PRELOAD: path, ...GAMEPADS, ...camera });
  const wrapped = withDevices({ LD_PRELOAD: "/nss.so" }, {}, directories, path);
  expect(wrapped.LD_PRELOAD).toBe(`/nss.so:${path}`);
});

test("programs are told only of what is switched on", () => {
  const path = library();
  expect(withDevices({}, { KASM_SVC_WEBCAM: "0" }, directories, path)).toEqual({
    LD_PRELOAD: path,
    ...GAMEPADS,
  });
  expect(Object.keys(withDevices({}, { KASM_SVC_GAMEPAD: "0" }, directories, path))).toEqual([
    "LD_PRELOAD",
    "KASMIX_CAMERA",
  ]);
});

test("nothing changes when both are switched off or the library is missing", () => {
  const session = { A: "b" };
  const off = { KASM_SVC_GAMEPAD: "0", KASM_SVC_WEBCAM: "0" };
  expect(withDevices(session, off, directories, library())).toEqual(session);
  expect(withDevices(session, {}, directories, "/nowhere/devices.so")).toEqual(session);
});

test("the camera takes the first name that no real one has", () => {
  const devices = folder();
  expect(cameraSocket(directories, devices)).toBe("/run/me/camera/video0");
  mkdirSync(join(devices, "video0"));
  expect(cameraSocket(directories, devices)).toBe("/run/me/camera/video1");
});
