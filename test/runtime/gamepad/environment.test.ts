import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { withGamepads } from "../../../src/runtime/gamepad/environment.ts";

const directories = { home: "/home", runtime: "/run/me" };

function library(): string {
  const folder = mkdtempSync(join(tmpdir(), "kasmix-gamepad-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "gamepad.so");
  writeFileSync(path, "");
  return path;
}

test("programs preload the library after other preloaded ones", () => {
  const path = library();
  const told = { KASMIX_GAMEPADS: "/run/me/gamepads", SDL_JOYSTICK_DISABLE_UDEV: "1" };
  expect(withGamepads({ A: "b" }, {}, directories, path)).toEqual({ A: "b", LD_PRELOAD: path, ...told });
  const wrapped = withGamepads({ LD_PRELOAD: "/nss.so" }, {}, directories, path);
  expect(wrapped.LD_PRELOAD).toBe(`/nss.so:${path}`);
});

test("nothing changes when gamepads are switched off or the library is missing", () => {
  const session = { A: "b" };
  expect(withGamepads(session, { KASM_SVC_GAMEPAD: "0" }, directories, library())).toEqual(session);
  expect(withGamepads(session, {}, directories, "/nowhere/gamepad.so")).toEqual(session);
});
