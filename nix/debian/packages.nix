# A layer of Debian packages, installed by their own maintainer scripts over the layers below it.
#
# In:  name   of the derivation
#      lock   what to install, in which order (nix/locks/)
#      below  the packages layer this one goes over; none for the first, which holds the essential system
#      setup  a script to run in the root filesystem after the packages
# Out: a layer (see lib/layer.nix) that holds what this installation added or changed
{ bootstrap, fetch, tools }:

{ name, lock, below ? "", setup ? "" }:

let
  plural = names: builtins.concatStringsSep " " names;
  file = package: "/.kasmix/debs/${package.name}.deb";
  known = builtins.listToAttrs (map (package: { inherit (package) name; value = file package; }) lock.packages);
  essential = builtins.filter (package: package.essential or false) lock.packages;

  step =
    step:
    if step ? unpack then
      "unpack ${plural (map (name: known.${name}) step.unpack)}"
    else
      "configure ${plural step.configure}";
in
bootstrap.run "${name}-layer" ./install.sh {
  inherit below setup;
  inherit (tools) ownership tree;
  inside = ./inside.sh;
  emit = ./emit.sh;
  trim = ./trim.cfg;
  seal = ../lib/seal.sh;
  debs = map (fetch.deb lock) lock.packages;
  passAsFile = [ "debs" ]; # longer than one variable may be
  names = map (package: package.name) lock.packages;
  essential = map (package: package.name) essential;
  dependencies = builtins.filter (
    name: !(builtins.elem name lock.requested) && !(builtins.elem name (map (package: package.name) essential))
  ) (map (package: package.name) lock.packages);
  plan = builtins.toFile "plan" (builtins.concatStringsSep "\n" (map step lock.steps ++ [ "" ]));
  timestamp = builtins.foldl' (a: b: if a > b then a else b) "" (builtins.attrValues lock.archives);
}
