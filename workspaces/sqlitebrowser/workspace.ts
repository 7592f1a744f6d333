import { defineWorkspace } from "../../src/model/define.ts";
import { mainApp } from "../../src/parts/main-app.ts";
import { QT5 } from "../../src/parts/qt.ts";
import { FILES } from "../../src/parts/xfce.ts";

export default defineWorkspace({
  name: "sqlitebrowser",
  title: "DB Browser for SQLite",
  description: "DB Browser creates, searches and edits SQLite databases.",
  categories: ["Development"],
  icon: "/usr/share/icons/hicolor/scalable/apps/sqlitebrowser.svg",
  base: { distribution: "debian" },
  // Its toolbar has SVG icons.
  packages: ["libqt5svg5", "sqlitebrowser", ...QT5.packages],
  environment: QT5.environment,
  apps: [
    mainApp({
      name: "sqlitebrowser",
      title: "DB Browser",
      command: ["sqlitebrowser"],
      icon: "sqlitebrowser",
    }),
    FILES,
  ],
  files: [
    ...QT5.files,
    // It asks nobody for newer versions, and does not show a service on the internet at first.
    {
      path: "/home/kasm-default-profile/.config/sqlitebrowser/sqlitebrowser.conf",
      text: "[checkversion]\nenabled=false\n[remote]\nactive=false\n",
      owner: "kasm-user",
    },
  ],
  resources: { memory: "2GiB", cpus: 2 },
});
