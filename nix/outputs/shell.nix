# `nix develop`: the tools to work on the project, and what its tests use.
{ pkgs }:

pkgs.mkShell {
  packages = with pkgs; [
    chromium
    dbus
    nodejs_24
    nixfmt
    openssl
    python3
    shellcheck
    skopeo
    tigervnc
    tini
    xauth
    xc
    xclip
    xprop
    xrandr
    xterm
  ];
}
