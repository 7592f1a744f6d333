import { expect, it } from "vitest";
import { limitsIn } from "../../../src/runtime/limits/settings.ts";

it.each([
  [{}, undefined],
  [{ KASMIX_IDLE_LIMIT: "0", KASMIX_SESSION_LIMIT: "0", KASMIX_SESSION_END: "stop" }, undefined],
  [{ KASMIX_IDLE_LIMIT: "30min" }, { idle: 1_800_000, end: "disconnect" }],
  [
    { KASMIX_SESSION_LIMIT: "8h", KASMIX_SESSION_END: "stop" },
    { longest: 28_800_000, end: "stop" },
  ],
])("%j are the limits %j", (environment, expected) => {
  expect(limitsIn(environment)).toEqual(expected);
});
