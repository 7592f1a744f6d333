import { defineWorkspace } from "../../src/model/define.ts";
import { mainApp } from "../../src/parts/main-app.ts";
import { FILES, TERMINAL } from "../../src/parts/xfce.ts";

export default defineWorkspace({
  name: "geany",
  title: "Geany",
  description: "Geany, a small and quick editor for programmers, with a terminal in its window.",
  categories: ["Development"],
  icon: "/usr/share/icons/hicolor/scalable/apps/geany.svg",
  base: { distribution: "debian" },
  packages: ["geany", "git"],
  apps: [mainApp({ name: "geany", title: "Geany", command: ["geany"], icon: "geany" }), TERMINAL, FILES],
  files: [
    // Its own side bar is narrower than what is in it.
    {
      path: "/home/kasm-default-profile/.config/geany/geany.conf",
      text: "[geany]\ntreeview_position=220\n",
      owner: "kasm-user",
    },
  ],
  resources: { memory: "2GiB", cpus: 2 },
});
