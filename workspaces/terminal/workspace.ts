import { defineWorkspace } from "../../src/model/define.ts";
import { mainApp } from "../../src/parts/main-app.ts";
import { FILES, TERMINAL } from "../../src/parts/xfce.ts";

export default defineWorkspace({
  name: "terminal",
  title: "Terminal",
  description: "A terminal with the tools of the command line: git, ssh, curl, editors and a process viewer.",
  categories: ["Development"],
  icon: "/usr/share/icons/hicolor/scalable/apps/org.xfce.terminal.svg",
  base: { distribution: "debian" },
  packages: [
    "bash-completion",
    "curl",
    "git",
    "htop",
    "jq",
    "less",
    "nano",
    "openssh-client",
    "rsync",
    "tmux",
    "unzip",
    "vim-tiny",
    "wget",
    "zip",
  ],
  apps: [mainApp({ ...TERMINAL, ready: { window: "xfce4-terminal" } }), FILES],
  resources: { memory: "1GiB", cpus: 2 },
});
