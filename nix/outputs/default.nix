# The flake's outputs. Names and kinds are known without a look at any input: `nix flake show` works offline, and so does
# everything of the Debian base.
inputs:

let
  system = "x86_64-linux";
  images = import ../. { inherit system inputs; };
  pkgs = import ../nixpkgs/packages.nix { inherit system inputs; } [ ];
  lazy = import ./lazy.nix { inherit system; };
  withScripts = import ./scripts.nix { inherit lazy; inherit (images.parts) bootstrap; };

  workspaces = builtins.removeAttrs images [ "parts" ];
  packages = builtins.mapAttrs withScripts workspaces;
  makeWorkspace = import ./make-workspace.nix { inherit inputs; };
in
{
  packages.${system} = packages // {
    default = packages.desktop;
  };

  # `nix run .#desktop` brings it up.
  apps.${system} = builtins.mapAttrs (_: image: {
    type = "app";
    program = "${image.up}/bin/up";
  }) (packages // { default = packages.desktop; });

  devShells.${system}.default = lazy "kasmix-shell" (import ./shell.nix { inherit pkgs; });
  formatter.${system} = lazy "kasmix-format" (import ./format.nix { inherit pkgs; });
  checks.${system} = import ./checks.nix { inherit pkgs lazy; inherit (images) parts; };

  # All images with the packages of whoever takes the overlay: `pkgs.kasmix.desktop-nixpkgs`.
  overlays.default = final: _: {
    kasmix = builtins.removeAttrs (import ../. {
      inherit inputs;
      inherit (final.stdenv.hostPlatform) system;
      packagesFor = _: final;
    }) [ "parts" ];
  };

  lib.mkWorkspace = makeWorkspace;

  templates.default = {
    path = ../template;
    description = "A workspace of one's own, from packages of nixpkgs";
  };
}
