import type { App } from "../model/types.ts";

/** XFCE's terminal, an icon on the desktop. Every image has it. */
export const TERMINAL: App = {
  name: "terminal",
  title: "Terminal",
  command: ["xfce4-terminal"],
  icon: "org.xfce.terminal",
};

/** XFCE's file manager, an icon on the desktop. Every image has it. */
export const FILES: App = { name: "files", title: "Files", command: ["thunar"], icon: "org.xfce.thunar" };
