import { defineWorkspace } from "../../src/model/define.ts";
import { chromium } from "../../src/parts/chromium.ts";
import { TERMINAL } from "../../src/parts/xfce.ts";

const browser = chromium();

/** One browser, which starts with the desktop and again when it is closed. START_URL sets its first page. */
export default defineWorkspace({
  name: "chromium",
  title: "Chromium",
  description:
    "The Chromium browser on an XFCE desktop, with a URL launcher that opens pages in it over HTTP.",
  categories: ["Browser"],
  base: { distribution: "debian" },
  packages: [...browser.packages],
  nixpkgs: { packages: ["chromium"] },
  apps: [browser.app, TERMINAL],
  files: browser.files,
  launcher: browser.launcher,
  resources: { memory: "2GiB", cpus: 2, sharedMemory: "512MiB" },
});
