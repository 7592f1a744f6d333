# The packages of nixpkgs as the flake pins it. Only the named unfree packages are allowed, whatever the user's own
# configuration says: the workspace alone decides what is in an image.
{ system, inputs }:

unfree:

import inputs.nixpkgs.outPath {
  inherit system;
  overlays = [ ];
  config.allowUnfreePredicate =
    package: builtins.elem (package.pname or (builtins.parseDrvName package.name).name) unfree;
}
