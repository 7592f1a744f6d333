import { defineWorkspace } from "../../src/model/define.ts";

const ICONS = "/usr/share/icons/kasmix-lxqt";

export default defineWorkspace({
  name: "lxqt",
  title: "LXQt Desktop",
  description: "An LXQt desktop with file manager, terminal and text editor.",
  categories: ["Desktop"],
  icon: "/usr/share/lxqt/graphics/helix.svg",
  base: { distribution: "debian" },
  packages: [
    "featherpad",
    "libpam-elogind", // lxqt-session wants a logind; systemd's cannot be beside what gvfs needs in every image
    "lximage-qt",
    "lxqt-about",
    "lxqt-archiver",
    "lxqt-config",
    "lxqt-globalkeys",
    "lxqt-notificationd",
    "lxqt-panel",
    "lxqt-qtplugin",
    "lxqt-runner",
    "lxqt-session",
    "lxqt-themes",
    "pavucontrol-qt",
    "pcmanfm-qt",
    "qterminal",
  ],
  desktop: {
    environment: { name: "LXQt", command: ["startlxqt"], backdrop: "pcmanfm-qt", panel: "lxqt-panel" },
  },
  // LXQt's own settings are in the last.
  environment: { XDG_CONFIG_DIRS: "/etc/xdg:/usr/share" },
  apps: [
    { name: "files", title: "Files", command: ["pcmanfm-qt"], icon: "system-file-manager" },
    { name: "terminal", title: "Terminal", command: ["qterminal"], icon: "utilities-terminal" },
  ],
  files: [
    // The window manager that every image has; without a choice LXQt asks for one.
    { path: "/etc/xdg/lxqt/session.conf", text: "[General]\nwindow_manager=xfwm4\n" },
    // The icons of every image: Qt draws many of Breeze, LXQt's default, in black.
    { path: "/etc/xdg/lxqt/lxqt.conf", text: "[General]\nicon_theme=kasmix-lxqt\ntheme=dark\n" },
    // They would have a red mark, which says that a program is not to be trusted, on those that the image brings.
    { path: `${ICONS}/index.theme`, source: "files/icons/index.theme" },
    { path: `${ICONS}/emblems/emblem-important.svg`, source: "files/icons/emblem-important.svg" },
    { path: "/etc/xdg/lxqt/panel.conf", source: "files/panel.conf" },
    // A click on an icon starts its program, without a question.
    {
      path: "/etc/xdg/pcmanfm-qt/lxqt/settings.conf",
      text: "[Behavior]\nQuickExec=true\n[Desktop]\nWallpaper=/usr/share/lxqt/wallpapers/origami-dark.png\nWallpaperMode=zoom\n",
    },
  ],
  resources: { memory: "2GiB", cpus: 2 },
});
