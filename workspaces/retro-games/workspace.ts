import { defineWorkspace } from "../../src/model/define.ts";
import { mainApp } from "../../src/parts/main-app.ts";
import { FILES } from "../../src/parts/xfce.ts";

export default defineWorkspace({
  name: "retro-games",
  title: "Retro Games",
  description:
    "DOSBox runs games of DOS: the home is drive C:, uploads are in C:\\UPLOADS. Freedoom is there to play.",
  categories: ["Games"],
  icon: "/usr/share/icons/hicolor/256x256/apps/dosbox.png",
  base: { distribution: "debian" },
  packages: ["crispy-doom", "dosbox", "freedoom"],
  apps: [
    mainApp({
      name: "dosbox",
      title: "DOSBox",
      command: ["dosbox", "-c", "mount c {HOME}", "-c", "c:"],
      icon: "dosbox",
    }),
    {
      name: "freedoom",
      title: "Freedoom",
      command: ["/usr/games/crispy-doom", "-iwad", "/usr/share/games/doom/freedoom1.wad", "-window"],
      icon: "/usr/share/icons/io.github.freedoom.Phase1.png",
    },
    FILES,
  ],
  files: [
    // DOSBox's own window cannot be enlarged.
    {
      path: "/home/kasm-default-profile/.dosbox/dosbox-0.74-3.conf",
      text: "[sdl]\noutput=opengl\nwindowresolution=1024x768\n[render]\naspect=true\n",
      owner: "kasm-user",
    },
  ],
  resources: { memory: "2GiB", cpus: 2 },
});
