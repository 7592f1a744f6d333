# The flake's outputs. Their names and kinds depend on no input: `nix flake show` works offline, and so does everything
# on the Debian base.
inputs:

let
  outputsFor =
    system:
    let
      images = import ../. { inherit system inputs; };
      pkgs = import ../nixpkgs/packages.nix { inherit system inputs; } [ ];
      lazy = import ./lazy.nix { inherit system; };
      withScripts = import ./scripts.nix { inherit lazy; inherit (images.parts) bootstrap; };
      packages = builtins.mapAttrs withScripts (builtins.removeAttrs images [ "parts" ]);
    in
    {
      packages = packages // {
        default = packages.desktop;
      };

      # `nix run .#desktop` brings it up.
      apps = builtins.mapAttrs (_: image: {
        type = "app";
        program = "${image.up}/bin/up";
      }) (packages // { default = packages.desktop; });

      devShells.default = lazy "kasmix-shell" (import ./shell.nix { inherit pkgs; });
      formatter = lazy "kasmix-format" (import ./format.nix { inherit pkgs; });
      checks = import ./checks.nix { inherit pkgs lazy; inherit (images) parts; };
    };

  bySystem = builtins.listToAttrs (
    map (system: {
      name = system;
      value = outputsFor system;
    }) [ "x86_64-linux" "aarch64-linux" ]
  );
  each = kind: builtins.mapAttrs (_: outputs: outputs.${kind}) bySystem;
in
{
  packages = each "packages";
  apps = each "apps";
  devShells = each "devShells";
  formatter = each "formatter";
  checks = each "checks";

  # All images, with the packages of the nixpkgs that takes the overlay: `pkgs.kasmix.desktop-nixpkgs`.
  overlays.default = final: _: {
    kasmix = builtins.removeAttrs (import ../. {
      inherit inputs;
      inherit (final.stdenv.hostPlatform) system;
      packagesFor = _: final;
    }) [ "parts" ];
  };

  lib.mkWorkspace = import ./make-workspace.nix { inherit inputs; };

  templates.default = {
    path = ../template;
    description = "A workspace of one's own, from packages of nixpkgs";
  };
}
