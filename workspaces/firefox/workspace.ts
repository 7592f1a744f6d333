import { defineWorkspace } from "../../src/model/define.ts";
import { FIREFOX, FIREFOX_PACKAGES, FIREFOX_POLICIES } from "../../src/parts/firefox.ts";
import { mainApp } from "../../src/parts/main-app.ts";
import { FILES } from "../../src/parts/xfce.ts";

export default defineWorkspace({
  name: "firefox",
  title: "Firefox",
  description: "The Firefox browser, kept running. START_URL is its first page.",
  categories: ["Browser"],
  icon: "/usr/share/icons/hicolor/128x128/apps/firefox-esr.png",
  base: { distribution: "debian" },
  packages: FIREFOX_PACKAGES,
  apps: [mainApp(FIREFOX), FILES],
  files: [FIREFOX_POLICIES],
  resources: { memory: "2GiB", cpus: 2 },
});
