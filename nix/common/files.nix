# Files that every image has, as lib/files.nix takes them. A workspace that names the same path has its own instead.
let
  file = path: {
    inherit path;
    source = ./. + path;
  };
  program = path: file path // { mode = "0755"; };
in
map program [
  "/dockerstartup/custom_startup.sh"
  "/dockerstartup/generate_container_user"
  "/dockerstartup/kasm_default_profile.sh"
  "/dockerstartup/kasm_post_run_root.sh"
  "/dockerstartup/kasm_post_run_user.sh"
  "/dockerstartup/kasm_pre_shutdown_root.sh"
  "/dockerstartup/kasm_pre_shutdown_user.sh"
  "/dockerstartup/maximize_window.sh"
  "/dockerstartup/vnc_startup.sh"
  "/usr/bin/desktop_ready"
  "/usr/bin/filter_ready"
]
++ map file [
  "/etc/profile.d/kasmix.sh"
  "/etc/xdg/autostart/pulseaudio.desktop"
  "/etc/xdg/xfce4/xfconf/xfce-perchannel-xml/xfce4-desktop.xml"
  "/etc/xdg/xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml"
  "/etc/xdg/xfce4/xfconf/xfce-perchannel-xml/xfce4-session.xml"
  "/etc/xdg/xfce4/xfconf/xfce-perchannel-xml/xfwm4.xml"
  "/etc/xdg/xfce4/xfconf/xfce-perchannel-xml/xsettings.xml"
  "/usr/local/share/dbus-1/services/org.freedesktop.FileManager1.service"
  "/usr/local/share/dbus-1/services/org.xfce.FileManager.service"
  "/usr/local/share/dbus-1/services/org.xfce.Thunar.service"
]
++ [ (file "/home/kasm-default-profile/.bashrc" // { owner = "kasm-user"; }) ]
