# Layers of store paths with everything they refer to, under their own names in /nix/store. Paths that many others need
# get a layer each, so that images share these layers; the rest is one layer.
#
# In:  name   of the derivation
#      paths  whose closure it is: strings or derivations
#      below  layers of the same kind lower in the image, whose paths are left out
#      limit  the maximum number of layers. An engine takes 127 for a whole image.
# Out: numbered folders, each a layer as lib/seal.sh leaves it and with the list of its `paths`; `order` names them from
#      the lowest up. Their number is known only after the build.
{ bootstrap, tools }:

{
  name,
  paths,
  below ? [ ],
  limit ? 40,
}:

let
  numbers = builtins.genList (index: index) (builtins.length paths);
in
bootstrap.run "${name}-closure" ./closure.sh {
  inherit (tools) tree;
  inherit below limit;
  popularity = ./closure.awk;
  # Nix writes what each path refers to into files of these names.
  exportReferencesGraph = builtins.concatMap (index: [
    "graph-${toString index}"
    "${builtins.elemAt paths index}"
  ]) numbers;
  seal = ./seal.sh;
}
