# `nix fmt`: nixfmt for the given files, or for all hand-written Nix files.
{ pkgs }:

pkgs.writeShellApplication {
  name = "kasmix-format";
  runtimeInputs = [ pkgs.nixfmt ];
  text = ''
    if [ $# -gt 0 ]; then exec nixfmt "$@"; fi
    find flake.nix nix -name '*.nix' -not -path 'nix/workspaces/*' -exec nixfmt {} +
  '';
}
