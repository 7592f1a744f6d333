import { defineWorkspace } from "../../src/model/define.ts";
import { mainApp } from "../../src/parts/main-app.ts";
import { FILES } from "../../src/parts/xfce.ts";

export default defineWorkspace({
  name: "gimp",
  title: "GIMP",
  description: "GIMP edits photographs and other pictures.",
  categories: ["Multimedia"],
  icon: "/usr/share/icons/hicolor/scalable/apps/gimp.svg",
  base: { distribution: "debian" },
  packages: ["gimp"],
  apps: [
    mainApp({
      name: "gimp",
      title: "GIMP",
      command: ["gimp"],
      icon: "gimp",
      // Not its splash screen: until its plug-ins are known, it does not listen to a stop.
      ready: { window: "GNU Image Manipulation" },
      // Asked to end, it saves nothing, and now and then its signal handler waits for a lock for ever.
      stop: { grace: 1 },
    }),
    FILES,
  ],
  files: [
    {
      path: "/home/kasm-default-profile/.config/GIMP/3.0/gimprc",
      text: '(show-welcome-dialog no)\n(config-version "99.0.0")\n',
      owner: "kasm-user",
    },
  ],
  resources: { memory: "2GiB", cpus: 2 },
});
