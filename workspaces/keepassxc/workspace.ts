import { defineWorkspace } from "../../src/model/define.ts";
import { mainApp } from "../../src/parts/main-app.ts";
import { QT5 } from "../../src/parts/qt.ts";
import { FILES } from "../../src/parts/xfce.ts";

export default defineWorkspace({
  name: "keepassxc",
  title: "KeePassXC",
  description: "KeePassXC keeps passwords in an encrypted file of the home.",
  categories: ["Privacy", "Productivity"],
  icon: "/usr/share/icons/hicolor/scalable/apps/keepassxc.svg",
  base: { distribution: "debian" },
  packages: ["keepassxc-full", ...QT5.packages],
  environment: QT5.environment,
  apps: [
    mainApp({ name: "keepassxc", title: "KeePassXC", command: ["keepassxc"], icon: "keepassxc" }),
    FILES,
  ],
  files: [
    ...QT5.files,
    // The desktop's colours: its own would stay light or dark until the next start.
    {
      path: "/home/kasm-default-profile/.config/keepassxc/keepassxc.ini",
      text: "[GUI]\nApplicationTheme=classic\n",
      owner: "kasm-user",
    },
  ],
  resources: { memory: "2GiB", cpus: 2 },
});
