import { defineWorkspace } from "../../src/model/define.ts";
import { CHROMIUM_STOP, ELECTRON_PACKAGES } from "../../src/parts/electron.ts";
import { FILES, TERMINAL } from "../../src/parts/xfce.ts";

/**
 * Signal Desktop, which starts with the desktop and again when it ends. Its data (~/.config/Signal, with its database and
 * the key to it) are in the home's volume.
 */
export default defineWorkspace({
  name: "signal",
  title: "Signal",
  description: "Signal Desktop on an XFCE desktop, kept running; its messages stay in the home volume.",
  categories: ["Communication"],
  icon: "icon.svg",
  base: { distribution: "debian" },
  packages: [...ELECTRON_PACKAGES],
  nixpkgs: {
    packages: ["signal-desktop"],
    programs: { "/opt/Signal/signal-desktop": "signal-desktop/bin/signal-desktop" },
  },
  apps: [
    {
      name: "signal",
      title: "Signal",
      command: [
        "/opt/Signal/signal-desktop",
        "--no-sandbox", // the sandbox needs rights that the container does not have; the container confines Signal
        "--password-store=basic", // there is no keyring; a later one must not lock Signal out of its database
      ],
      // By its path: the theme's cache was built before Signal was added and does not contain it.
      icon: "/usr/share/icons/hicolor/256x256/apps/signal-desktop.png",
      autostart: true,
      restart: "always",
      ready: { window: "signal" },
      stop: CHROMIUM_STOP,
      // A Signal that was killed leaves Chromium's lock, which names a host and a process that no longer exist.
      before: [{ unlockChromium: "~/.config/Signal" }],
    },
    TERMINAL,
    FILES,
  ],
  vendor: {
    signal: {
      version: "8.26.0",
      url: "https://updates.signal.org/desktop/apt/pool/s/signal-desktop/signal-desktop_{version}_amd64.deb",
      sha256: "5265d3e3090a9785393c7547f8d720658d04ee717efb5810e01de2221b032b3d",
      format: "deb",
      programs: ["/opt/Signal/signal-desktop"],
      newest: {
        debianPackages: "https://updates.signal.org/desktop/apt/dists/xenial/main/binary-amd64/Packages",
        package: "signal-desktop",
      },
    },
  },
  resources: { memory: "4GiB", cpus: 2, sharedMemory: "512MiB" },
});
