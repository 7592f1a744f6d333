import type { PackageName } from "../model/basic-types.ts";
import type { StopPolicy } from "../model/types.ts";

/** Debian packages with the libraries that Electron apps are linked with or load if present. */
export const ELECTRON_PACKAGES: readonly PackageName[] = [
  "libasound2t64",
  "libatomic1",
  "libayatana-appindicator3-1", // the icon in the panel
  "libgbm1",
  "libgtk-3-0t64",
  "libnotify4",
  "libnspr4",
  "libnss3",
  "libpulse0",
  "libsecret-1-0",
  "libxss1",
  "libxtst6",
];

/**
 * How Chromium and apps built on it are stopped: the first process ends the others after all data are written. The grace
 * is what the stop of a whole container allows.
 */
export const CHROMIUM_STOP: StopPolicy = { to: "process", grace: 8 };
