import { defineWorkspace } from "../../src/model/define.ts";
import { mainApp } from "../../src/parts/main-app.ts";
import { FILES } from "../../src/parts/xfce.ts";

export default defineWorkspace({
  name: "krita",
  title: "Krita",
  description: "Krita is for drawing and painting; without a GPU, large brushes are slow.",
  categories: ["Multimedia"],
  icon: "/usr/share/icons/hicolor/256x256/apps/krita.png",
  base: { distribution: "debian" },
  packages: ["krita"],
  apps: [mainApp({ name: "krita", title: "Krita", command: ["krita"], icon: "krita" }), FILES],
  resources: { memory: "4GiB", cpus: 2 },
});
