import { defineWorkspace } from "../../src/model/define.ts";
import { mainApp } from "../../src/parts/main-app.ts";
import { FILES } from "../../src/parts/xfce.ts";

export default defineWorkspace({
  name: "remmina",
  title: "Remmina",
  description: "Remmina shows other computers' desktops by RDP and VNC.",
  categories: ["Remote Access"],
  icon: "/usr/share/icons/hicolor/scalable/apps/org.remmina.Remmina.svg",
  base: { distribution: "debian" },
  packages: ["remmina", "remmina-plugin-rdp", "remmina-plugin-vnc"],
  apps: [
    mainApp({ name: "remmina", title: "Remmina", command: ["remmina"], icon: "org.remmina.Remmina" }),
    FILES,
  ],
  files: [
    // Without an icon in the panel, closing the window ends it.
    {
      path: "/home/kasm-default-profile/.config/remmina/remmina.pref",
      text: "[remmina_pref]\ndisable_tray_icon=true\n",
      owner: "kasm-user",
    },
  ],
  resources: { memory: "2GiB", cpus: 2 },
});
