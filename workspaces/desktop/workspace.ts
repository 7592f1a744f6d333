import { defineWorkspace } from "../../src/model/define.ts";
import { FIREFOX_POLICIES } from "../../src/parts/firefox.ts";
import { FILES, TERMINAL } from "../../src/parts/xfce.ts";

/** A general desktop: XFCE with panel, file manager and terminal, and Firefox. */
export default defineWorkspace({
  name: "desktop",
  title: "Kasmix Desktop",
  description:
    "An XFCE desktop on Debian with file manager, terminal and Firefox, built reproducibly by Nix.",
  categories: ["Desktop"],
  base: { distribution: "debian" },
  packages: [
    "firefox-esr",
    "firefox-esr-l10n-de",
    "firefox-esr-l10n-es-es",
    "firefox-esr-l10n-fr",
    "firefox-esr-l10n-ja",
    "firefox-esr-l10n-zh-cn",
    "mate-calc",
    "mousepad",
    "ristretto",
    "xfce4-screenshooter",
  ],
  languages: ["de", "es", "fr", "ja", "zh_CN"],
  nixpkgs: {
    packages: ["firefox", "mousepad", "ristretto", "xfce4-screenshooter"],
    programs: {
      "/usr/bin/firefox-esr": "firefox/bin/firefox",
      "/usr/share/icons/hicolor/128x128/apps/firefox-esr.png":
        "firefox/share/icons/hicolor/128x128/apps/firefox.png",
    },
  },
  apps: [
    { name: "firefox", title: "Firefox", command: ["firefox-esr"], icon: "firefox-esr" },
    TERMINAL,
    FILES,
  ],
  files: [FIREFOX_POLICIES],
  resources: { memory: "2GiB", cpus: 2, sharedMemory: "512MiB" },
});
