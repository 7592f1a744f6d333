/**
 * Debian packages that Kasmix itself needs in every image: init, runtime, display server, desktop, sound and what
 * the clipboard and window tools need. A workspace names only what it adds. Sorted; recommended packages are
 * not installed, so some that others recommend are named here.
 */
export function corePackages(architecture: "amd64" | "arm64" = "amd64"): readonly string[] {
  return architecture === "amd64" ? [...COMMON, ...AMD64_ONLY].sort() : COMMON;
}

/** It knows x86 processors only; KasmVNC's release is linked with it there. */
const AMD64_ONLY = ["libcpuid17"];

const COMMON: readonly string[] = [
  "adwaita-icon-theme",
  "bash",
  "bash-completion",
  "bzip2",
  "ca-certificates",
  "coreutils",
  "curl",
  "dbus",
  "dbus-x11", // the session bus without systemd; without it apt takes dbus-user-session
  "desktop-file-utils",
  "elementary-xfce-icon-theme", // without its enlarged variant (nix/debian/trim.cfg)
  "fonts-dejavu-core",
  "fonts-liberation", // as wide as Arial, Times New Roman and Courier New
  "fonts-noto-cjk", // of it and of fonts-noto-core nix/debian/trim.cfg leaves files out
  "fonts-noto-color-emoji",
  "fonts-noto-core",
  "gpg", // alone it does for poppler, which otherwise brings all of GnuPG
  "gvfs", // the trash
  "hicolor-icon-theme",
  "htop",
  "less",
  "libfmt10", // KasmVNC's release is linked with it, libstatgrab10t64, libtbb12 and libyuv0
  "libnss-wrapper", // gives a name to the arbitrary user ids of Kubernetes and OpenShift
  "libopus0", // sound-encoder (nix/sound) is linked with it, with libpulse0 and libtwolame0
  "libpulse0",
  "librsvg2-common", // GTK shows no SVG icon without it
  "libstatgrab10t64",
  "libtbb12",
  "libtwolame0",
  "libyuv0",
  "locales", // sources of the locales, which are compiled at the start (src/runtime/boot/locale.ts)
  "mesa-va-drivers", // screen-encoder encodes with it on AMD's GPUs; Intel's driver has 19 MB, so workspaces name it
  "nano",
  "nodejs",
  "openssl",
  "procps",
  "pulseaudio",
  "pulseaudio-utils",
  "pulsemixer", // what the volume's menu opens, in a terminal: pavucontrol needs GTK 4, some 25 MB
  "systemd-standalone-sysusers", // udev, which gvfs needs, otherwise takes systemd
  "thunar",
  "thunar-archive-plugin",
  "tigervnc-standalone-server",
  "tini",
  "tumbler", // thumbnails
  "tzdata",
  "unzip",
  "wget",
  "wmctrl",
  "x11-utils",
  "x11-xserver-utils",
  "xarchiver",
  "xauth",
  "xclip",
  "xdg-utils",
  "xfce4-notifyd",
  "xfce4-panel",
  "xfce4-pulseaudio-plugin",
  "xfce4-session",
  "xfce4-settings",
  "xfce4-taskmanager",
  "xfce4-terminal",
  "xfce4-whiskermenu-plugin",
  "xfconf",
  "xfdesktop4",
  "xfwm4",
  "xz-utils",
  "zip",
];
