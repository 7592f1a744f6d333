import { defineWorkspace } from "../../src/model/define.ts";
import { mainApp } from "../../src/parts/main-app.ts";
import { QT6 } from "../../src/parts/qt.ts";
import { FILES } from "../../src/parts/xfce.ts";

export default defineWorkspace({
  name: "wireshark",
  title: "Wireshark",
  description:
    "Wireshark examines files of captured network traffic. It captures none itself, which a container may not.",
  categories: ["Development"],
  icon: "/usr/share/icons/hicolor/256x256/apps/org.wireshark.Wireshark.png",
  base: { distribution: "debian" },
  packages: ["wireshark", ...QT6.packages],
  environment: QT6.environment,
  // Its first page keeps its colours, and would be dark on dark.
  desktop: { theme: "light" },
  apps: [
    mainApp({
      name: "wireshark",
      title: "Wireshark",
      command: ["wireshark"],
      icon: "org.wireshark.Wireshark",
    }),
    FILES,
  ],
  files: QT6.files,
  resources: { memory: "2GiB", cpus: 2 },
});
