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
  "/dockerstartup/kasm_end_session_recoverable.sh"
  "/dockerstartup/kasm_post_run_root.sh"
  "/dockerstartup/kasm_post_run_user.sh"
  "/dockerstartup/kasm_pre_shutdown_root.sh"
  "/dockerstartup/kasm_pre_shutdown_user.sh"
  "/dockerstartup/maximize_window.sh"
  "/dockerstartup/vnc_startup.sh"
  "/usr/bin/desktop_ready"
  "/usr/bin/filter_ready"
  "/usr/bin/printer_ready"
  "/usr/bin/smartcard_ready"
  "/usr/games/sudo"
]
++ map file [
  "/etc/fonts/conf.d/56-kasmix.conf"
  "/etc/profile.d/kasmix.sh"
  "/etc/xdg/autostart/pulseaudio.desktop"
  "/etc/xdg/autostart/xfce4-notifyd.desktop"
  "/etc/xdg/mimeapps.list"
  "/etc/xdg/xfce4/xfconf/xfce-perchannel-xml/xfce4-desktop.xml"
  "/etc/xdg/xfce4/xfconf/xfce-perchannel-xml/xfce4-keyboard-shortcuts.xml"
  "/etc/xdg/xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml"
  "/etc/xdg/xfce4/xfconf/xfce-perchannel-xml/xfce4-session.xml"
  "/etc/xdg/xfce4/xfconf/xfce-perchannel-xml/xfwm4.xml"
  "/etc/xdg/xfce4/xfconf/xfce-perchannel-xml/xsettings.xml"
  "/usr/local/share/dbus-1/services/org.freedesktop.FileManager1.service"
  "/usr/local/share/dbus-1/services/org.xfce.FileManager.service"
  "/usr/local/share/dbus-1/services/org.xfce.Thunar.service"
  "/usr/share/backgrounds/kasmix/dark.svg"
  "/usr/share/backgrounds/kasmix/light.svg"
  "/usr/share/themes/Kasmix/gtk-3.0/gtk-dark.css"
  "/usr/share/themes/Kasmix/gtk-3.0/gtk.css"
  "/usr/share/themes/Kasmix/gtk-3.0/panel.css"
  "/usr/share/themes/Kasmix/index.theme"
  "/usr/share/themes/Kasmix-dark/gtk-3.0/gtk.css"
  "/usr/share/themes/Kasmix-dark/index.theme"
]
++ map
  (name: {
    path = "/usr/local/share/applications/${name}.desktop";
    source = ./usr/local/share/applications/hidden.desktop;
  })
  [
    "xfce4-color-settings"
    "xfce4-file-manager"
    "xfce4-mail-reader"
    "xfce4-session-logout"
    "xfce4-terminal-emulator"
    "xfce4-web-browser"
  ]
++ [
  # Other names for what is there: of Kasm's own entrypoint and of images like it, and of Red Hat's certificates.
  {
    path = "/dockerstartup/kasm_startup.sh";
    link = "/dockerstartup/vnc_startup.sh";
  }
  {
    path = "/entrypoint.sh";
    link = "/dockerstartup/vnc_startup.sh";
  }
  {
    path = "/etc/pki/tls/certs/ca-bundle.crt";
    link = "/etc/ssl/certs/ca-certificates.crt";
  }
]
++ [ (file "/home/kasm-default-profile/.bashrc" // { owner = "kasm-user"; }) ]
