# The packages of nixpkgs as the flake pins it. Of those that are not free only the named ones are to be had, whatever the
# user's own configuration says: it is the workspace that tells what is in an image.
{ system, inputs }:

unfree:

import inputs.nixpkgs.outPath {
  inherit system;
  overlays = [ ];
  config.allowUnfreePredicate =
    package: builtins.elem (package.pname or (builtins.parseDrvName package.name).name) unfree;
}
