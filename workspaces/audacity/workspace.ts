import { defineWorkspace } from "../../src/model/define.ts";
import { mainApp } from "../../src/parts/main-app.ts";
import { FILES } from "../../src/parts/xfce.ts";

export default defineWorkspace({
  name: "audacity",
  title: "Audacity",
  description:
    "Audacity records and edits sound. It records the visitor's microphone once the page shares it.",
  categories: ["Multimedia"],
  icon: "/usr/share/icons/hicolor/scalable/apps/audacity.svg",
  base: { distribution: "debian" },
  packages: ["audacity"],
  // What it has drawn keeps its colours, and would be dark on dark.
  desktop: { theme: "light" },
  apps: [mainApp({ name: "audacity", title: "Audacity", command: ["audacity"], icon: "audacity" }), FILES],
  files: [
    // No welcome, no question about updates. News of a version are shown to those who had an older one.
    {
      path: "/home/kasm-default-profile/.config/audacity/audacity.cfg",
      text: "[GUI]\nShowSplashScreen=0\n[Version]\nMajor=99\n[Update]\nDefaultUpdatesChecking=0\nUpdateNoticeShown=1\n",
      owner: "kasm-user",
    },
  ],
  resources: { memory: "2GiB", cpus: 2 },
});
