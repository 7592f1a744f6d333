import type { PackageName } from "../model/basic-types.ts";
import type { App, ImageFile } from "../model/types.ts";

/** Firefox as an icon on the desktop, and the package it comes from. */
export const FIREFOX: App = {
  name: "firefox",
  title: "Firefox",
  command: ["firefox-esr"],
  icon: "firefox-esr",
  opensUrls: true,
};

export const FIREFOX_PACKAGES: readonly PackageName[] = ["firefox-esr"];

/** Straight to work: no welcome tour, no question about the default browser, nothing sent home. */
export const FIREFOX_POLICIES: ImageFile = {
  path: "/etc/firefox/policies/policies.json",
  text: `${JSON.stringify(
    {
      policies: {
        DisableFirefoxStudies: true,
        DisableTelemetry: true,
        DontCheckDefaultBrowser: true,
        OverrideFirstRunPage: "",
        OverridePostUpdatePage: "",
        UserMessaging: { ExtensionRecommendations: false, SkipOnboarding: true, WhatsNew: false },
      },
    },
    null,
    2,
  )}\n`,
};
