import { defineWorkspace } from "../../src/model/define.ts";
import { mainApp } from "../../src/parts/main-app.ts";
import { QT6 } from "../../src/parts/qt.ts";
import { FILES } from "../../src/parts/xfce.ts";

export default defineWorkspace({
  name: "qbittorrent",
  title: "qBittorrent",
  description:
    "qBittorrent downloads files by BitTorrent, and offers them to others: what you share is your responsibility.",
  categories: ["Productivity"],
  icon: "/usr/share/icons/hicolor/scalable/apps/qbittorrent.svg",
  base: { distribution: "debian" },
  packages: ["qbittorrent", ...QT6.packages],
  environment: QT6.environment,
  apps: [
    mainApp({ name: "qbittorrent", title: "qBittorrent", command: ["qbittorrent"], icon: "qbittorrent" }),
    FILES,
  ],
  files: [
    ...QT6.files,
    // Its notice at the first start is in the description. Without an icon in the panel, closing the window ends it.
    // The tool bar has no room for words.
    {
      path: "/home/kasm-default-profile/.config/qBittorrent/qBittorrent.conf",
      text: "[LegalNotice]\nAccepted=true\n[Preferences]\nGeneral\\SystrayEnabled=false\nGeneral\\ExitConfirm=false\n[Toolbar]\ntextPosition=0\n",
      owner: "kasm-user",
    },
  ],
  resources: { memory: "2GiB", cpus: 2 },
});
