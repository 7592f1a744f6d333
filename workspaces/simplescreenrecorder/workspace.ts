import { defineWorkspace } from "../../src/model/define.ts";
import { mainApp } from "../../src/parts/main-app.ts";
import { QT5 } from "../../src/parts/qt.ts";
import { FILES } from "../../src/parts/xfce.ts";

export default defineWorkspace({
  name: "simplescreenrecorder",
  title: "SimpleScreenRecorder",
  description: "SimpleScreenRecorder records the desktop and its sound to a video file.",
  categories: ["Multimedia"],
  icon: "/usr/share/icons/hicolor/256x256/apps/simplescreenrecorder.png",
  base: { distribution: "debian" },
  packages: ["simplescreenrecorder", ...QT5.packages],
  environment: QT5.environment,
  apps: [
    mainApp({
      name: "simplescreenrecorder",
      title: "Screen Recorder",
      command: ["simplescreenrecorder"],
      icon: "simplescreenrecorder",
    }),
    FILES,
  ],
  files: [
    ...QT5.files,
    // Straight to its settings, without the welcome.
    {
      path: "/home/kasm-default-profile/.ssr/settings.conf",
      text: "[welcome]\nskip_page=true\n",
      owner: "kasm-user",
    },
  ],
  resources: { memory: "2GiB", cpus: 2 },
});
