import { defineWorkspace } from "../../src/model/define.ts";
import { mainApp } from "../../src/parts/main-app.ts";
import { FILES } from "../../src/parts/xfce.ts";

export default defineWorkspace({
  name: "inkscape",
  title: "Inkscape",
  description: "Inkscape draws vector graphics: logos, diagrams and illustrations in SVG.",
  categories: ["Multimedia"],
  icon: "/usr/share/icons/hicolor/scalable/apps/org.inkscape.Inkscape.svg",
  base: { distribution: "debian" },
  packages: ["inkscape"],
  // Nothing maximizes a window that does not fit, and this one needs 1240x790.
  display: { resolution: "1920x1080" },
  apps: [
    mainApp({ name: "inkscape", title: "Inkscape", command: ["inkscape"], icon: "org.inkscape.Inkscape" }),
    FILES,
  ],
  files: [
    // Straight to an empty drawing, without the welcome, in the desktop's colours.
    {
      path: "/home/kasm-default-profile/.config/inkscape/preferences.xml",
      text: '<inkscape version="1"><group id="options"><group id="boot" enabled="0"/></group><group id="theme" preferDarkTheme="0"/></inkscape>\n',
      owner: "kasm-user",
    },
  ],
  resources: { memory: "2GiB", cpus: 2 },
});
