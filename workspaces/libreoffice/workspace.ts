import { defineWorkspace } from "../../src/model/define.ts";
import { mainApp } from "../../src/parts/main-app.ts";
import { FILES } from "../../src/parts/xfce.ts";

export default defineWorkspace({
  name: "libreoffice",
  title: "LibreOffice",
  description: "LibreOffice's text documents, spreadsheets, presentations and drawings.",
  categories: ["Office", "Productivity"],
  icon: "/usr/share/icons/hicolor/scalable/apps/libreoffice-main.svg",
  base: { distribution: "debian" },
  packages: [
    "fonts-crosextra-caladea",
    "fonts-crosextra-carlito",
    "fonts-liberation",
    "libreoffice-calc",
    "libreoffice-draw",
    "libreoffice-gtk3",
    "libreoffice-impress",
    "libreoffice-math",
    "libreoffice-writer",
  ],
  apps: [
    mainApp({
      name: "libreoffice",
      title: "LibreOffice",
      command: ["libreoffice"],
      icon: "libreoffice-startcenter",
    }),
    FILES,
  ],
  resources: { memory: "2GiB", cpus: 2 },
});
