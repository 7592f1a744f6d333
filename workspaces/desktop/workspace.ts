import { defineWorkspace } from "../../src/model/define.ts";

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
    "mousepad",
    "ristretto",
    "thunar-archive-plugin",
    "xfce4-screenshooter",
    "xfce4-taskmanager",
  ],
  nixpkgs: {
    packages: ["firefox", "mousepad", "ristretto", "xfce4-screenshooter", "xfce4-taskmanager"],
    programs: {
      "/usr/bin/firefox-esr": "firefox/bin/firefox",
      "/usr/share/icons/hicolor/128x128/apps/firefox-esr.png":
        "firefox/share/icons/hicolor/128x128/apps/firefox.png",
    },
  },
  apps: [
    { name: "firefox", title: "Firefox", command: ["firefox-esr"], icon: "firefox-esr" },
    { name: "terminal", title: "Terminal", command: ["xfce4-terminal"], icon: "org.xfce.terminal" },
    { name: "files", title: "Files", command: ["thunar"], icon: "org.xfce.thunar" },
  ],
  files: [
    // Straight to work: no welcome tour, no question about the default browser, nothing sent home.
    { path: "/etc/firefox/policies/policies.json", source: "files/firefox-policies.json" },
  ],
  resources: { memory: "2GiB", cpus: 2, sharedMemory: "512MiB" },
});
