import { expect, it } from "vitest";
import { chosenOn, workspacesOfToday } from "../helpers/workspaces-of-today.ts";

const TWENTY = [...Array(20).keys()].map((index) => `w${index}`);

it("gives each of twenty workspaces its turn in five days, one of the largest each day", () => {
  const days = [20_000, 20_001, 20_002, 20_003, 20_004].map((day) => chosenOn(day, TWENTY));
  for (const day of days) {
    expect(new Set(day).size).toBe(4);
    expect(day.filter((name) => TWENTY.indexOf(name) < 5)).toHaveLength(1);
  }
  expect(new Set(days.flat()).size).toBe(20);
  expect(chosenOn(20_005, TWENTY)).toEqual(days[0]);
});

it("takes all, or those that are named", async () => {
  expect(await workspacesOfToday("gimp, vlc")).toEqual(["gimp", "vlc"]);
  const all = await workspacesOfToday("all");
  expect(all).toContain("gimp");
  expect(all).not.toContain("desktop");
  expect(all).toEqual(expect.arrayContaining([...(await workspacesOfToday(""))]));
});
