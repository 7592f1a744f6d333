import { defineWorkspace } from "../../src/model/define.ts";
import { mainApp } from "../../src/parts/main-app.ts";
import { QT5 } from "../../src/parts/qt.ts";
import { FILES } from "../../src/parts/xfce.ts";

export default defineWorkspace({
  name: "vlc",
  title: "VLC",
  description: "VLC plays video and sound of nearly every format, from files and from addresses.",
  categories: ["Multimedia"],
  icon: "/usr/share/icons/hicolor/256x256/apps/vlc.png",
  base: { distribution: "debian" },
  packages: ["vlc", ...QT5.packages],
  environment: QT5.environment,
  apps: [mainApp({ name: "vlc", title: "VLC", command: ["vlc"], icon: "vlc" }), FILES],
  files: [
    ...QT5.files,
    // No question at the first start; nothing about the files is asked on the internet.
    {
      path: "/home/kasm-default-profile/.config/vlc/vlcrc",
      text: "[qt]\nqt-privacy-ask=0\n[core]\nmetadata-network-access=0\n",
      owner: "kasm-user",
    },
  ],
  resources: { memory: "2GiB", cpus: 2 },
});
