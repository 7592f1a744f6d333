import { defineWorkspace } from "../../src/model/define.ts";
import { mainApp } from "../../src/parts/main-app.ts";
import { FILES } from "../../src/parts/xfce.ts";

export default defineWorkspace({
  name: "filezilla",
  title: "FileZilla",
  description: "FileZilla sends files to servers and fetches them, by FTP, FTPS and SFTP.",
  categories: ["Productivity"],
  icon: "/usr/share/icons/hicolor/scalable/apps/filezilla.svg",
  base: { distribution: "debian" },
  packages: ["filezilla"],
  // What it has drawn keeps its colours, and would be dark on dark.
  desktop: { theme: "light" },
  apps: [
    mainApp({ name: "filezilla", title: "FileZilla", command: ["filezilla"], icon: "filezilla" }),
    FILES,
  ],
  files: [
    // No welcome: it comes when the version is higher than the one that was greeted last.
    {
      path: "/home/kasm-default-profile/.config/filezilla/filezilla.xml",
      text: '<FileZilla3><Settings><Setting name="Greeting version">99</Setting></Settings></FileZilla3>\n',
      owner: "kasm-user",
    },
  ],
  resources: { memory: "2GiB", cpus: 2 },
});
