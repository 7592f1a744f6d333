# The packages of every workspace on the base nixpkgs, as attribute paths of nixos-26.05 (src/model/core-packages.ts has
# Debian's), and the paths at which the runtime and the desktop expect programs with other names.
{ system }:

let
  triplet = builtins.replaceStrings [ "-linux" ] [ "-linux-gnu" ] system;
in
{
  packages = [
    "adwaita-icon-theme"
    "bash"
    "coreutils"
    "dbus"
    "dejavu_fonts"
    "desktop-file-utils"
    "elementary-xfce-icon-theme"
    "findutils"
    "gawk"
    "gnugrep"
    "gnused"
    "gnutar"
    "gsettings-desktop-schemas"
    "gtk3" # for its schemas, which the file chooser needs
    "gzip"
    "hicolor-icon-theme"
    "openssl"
    "procps"
    "pulseaudio"
    "pulsemixer"
    "shared-mime-info"
    "thunar"
    "util-linux"
    "wmctrl"
    "xauth"
    "xclip"
    "xdg-utils"
    "xfce4-exo"
    "xfce4-notifyd"
    "xfce4-panel"
    "xfce4-pulseaudio-plugin"
    "xfce4-session"
    "xfce4-settings"
    "xfce4-taskmanager"
    "xfce4-terminal"
    "xfce4-whiskermenu-plugin"
    "xfconf"
    "xfdesktop"
    "xfwm4"
    "xprop"
    "xrandr"
    "xrefresh"
    "xset"
    "xsetroot"
    "xwininfo"
  ];

  # In the form of a workspace's `programs`.
  programs = {
    "/usr/bin/Xtigervnc" = "tigervnc/bin/Xvnc";
    "/usr/bin/locale" = "glibc.bin/bin/locale";
    "/usr/bin/localedef" = "glibc.bin/bin/localedef";
    "/usr/bin/node" = "nodejs-slim_24/bin/node";
    "/usr/bin/tini" = "tini/bin/tini";
    "/usr/bin/xkbcomp" = "xkbcomp/bin/xkbcomp";
    "/usr/share/X11/xkb" = "xkeyboard-config/share/X11/xkb";
    "/usr/share/i18n" = "glibc/share/i18n";
    "/usr/share/zoneinfo" = "tzdata/share/zoneinfo";
    # Where src/runtime/boot/user.ts looks; it gives a name to the arbitrary user ids of Kubernetes and OpenShift.
    "/usr/lib/${triplet}/libnss_wrapper.so" = "nss_wrapper/lib/libnss_wrapper.so";
    "/etc/ssl/certs/ca-certificates.crt" = "cacert/etc/ssl/certs/ca-bundle.crt";
    "/etc/ssl/certs/ca-bundle.crt" = "cacert/etc/ssl/certs/ca-bundle.crt";
  };
}
