import { readFileSync } from "node:fs";
import type { RuntimeConfig } from "../model/runtime.ts";
import { reasonOf } from "./attempt.ts";
import type { Log } from "./log.ts";

/** A desktop without anything of its own: what runs when the image's configuration cannot be read. */
const BARE: RuntimeConfig = {
  name: "kasmix",
  title: "Kasmix",
  display: { resolution: "1280x720", frameRate: 60 },
  services: {},
  limits: {},
  apps: [],
  environment: {},
};

/**
 * Reads workspace.json. It was checked when the image was built; should it be unreadable all the same, the log
 * says so and a bare desktop is started, so that one can look at the container.
 */
export function readConfig(path: string, log: Log): RuntimeConfig {
  try {
    return { ...BARE, ...(JSON.parse(readFileSync(path, "utf8")) as Partial<RuntimeConfig>) };
  } catch (error) {
    const advice =
      "A bare desktop is started instead. Mount a workspace.json that Kasmix generated, or none.";
    log.error({ event: "config.unreadable", path, message: `${reasonOf(error)}. ${advice}` });
    return BARE;
  }
}
