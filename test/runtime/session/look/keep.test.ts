import { expect, test } from "vitest";
import { createLookKeeper } from "../../../../src/runtime/session/look/keep.ts";
import type { Edge } from "../../../../src/runtime/supervisor/model.ts";
import { eventually } from "../../../helpers/eventually.ts";
import { standInForXfconf } from "../../../helpers/xfconf.ts";
import { memoryLog } from "../../memory-log.ts";

const IMAGE = "/backdrop/screen0/monitorVNC-0/workspace0/last-image";
const FRESH = {
  xsettings: `/Kasmix/Theme      Kasmix
/Kasmix/Wallpaper  /usr/share/backgrounds/kasmix/light.svg
/Net/ThemeName     Kasmix
`,
  "xfce4-desktop": `${IMAGE}   /usr/share/backgrounds/kasmix/light.svg\n`,
};
const READY = { service: "desktop", from: "starting", to: "ready" } as Edge;

function start(variables: NodeJS.ProcessEnv = {}) {
  const { environment, notes } = standInForXfconf(FRESH);
  const { log, records } = memoryLog();
  return { keeper: createLookKeeper({ ...environment, ...variables }, log), notes, records };
}

const DARK = [
  "xfconf-query -c xsettings -p /Net/ThemeName -n -t string -s Kasmix-dark",
  "xfconf-query -c xsettings -p /Kasmix/Theme -n -t string -s Kasmix-dark",
  `xfconf-query -c xfce4-desktop -p ${IMAGE} -n -t string -s /usr/share/backgrounds/kasmix/dark.svg`,
  "xfconf-query -c xsettings -p /Kasmix/Wallpaper -n -t string -s /usr/share/backgrounds/kasmix/dark.svg",
];

test("a visitor who prefers dark colours gets them at once", async () => {
  const { keeper, notes, records } = start();
  keeper.prefer(true);
  await eventually(() => expect(records).toMatchObject([{ event: "look", scheme: "dark" }]));
  expect(notes()).toEqual(DARK);
});

// The page waits for it before it shows the desktop.
test("tells when it has set the colours, and at once that there is nothing to do", async () => {
  const { keeper, notes } = start();
  const change = keeper.prefer(true);
  expect(change).toBeInstanceOf(Promise);
  await change;
  expect(notes()).toEqual(DARK);
  expect(keeper.prefer(true)).toBeUndefined();
  expect(start({ KASMIX_THEME: "light" }).keeper.prefer(true)).toBeUndefined();
});

test("who comes while another's colours are set is told when the last are", async () => {
  const { keeper } = start();
  const changes = [keeper.prefer(true), keeper.prefer(false), keeper.prefer(true)];
  await Promise.all(changes);
  expect(keeper.prefer(true)).toBeUndefined();
});

test("KASMIX_THEME wins over the visitor, from the desktop's start on", async () => {
  const { keeper, notes, records } = start({ KASMIX_THEME: "dark" });
  keeper.prefer(false);
  keeper.note(READY);
  await eventually(() => expect(records).toMatchObject([{ event: "look", scheme: "dark" }]));
  expect(notes()).toEqual(DARK);
});

test("settings that cannot be read are logged", async () => {
  const { log, records } = memoryLog();
  createLookKeeper({ PATH: "/nowhere" }, log).note(READY);
  await eventually(() => expect(records).toMatchObject([{ event: "look.failed" }]));
});
