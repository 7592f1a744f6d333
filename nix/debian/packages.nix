# A layer of Debian packages, installed by their own maintainer scripts over the layers below it.
#
# In:  name   of the derivation
#      lock   what to install, in which order (nix/locks/)
#      below  the packages layer under this one; none for the first, which holds the essential system
#      setup  a script to run in the root filesystem after the packages
#      privileged  programs that keep their set-id bits and file capabilities
# Out: a layer (see lib/seal.sh) with everything that this installation added or changed, and beside it
#      translations.tar, in which are the translations that it would have
{ bootstrap, fetch, tools }:

{
  name,
  lock,
  below ? "",
  setup ? "",
  privileged ? [ ],
}:

let
  namesOf = packages: map (package: package.name) packages;
  essential = namesOf (builtins.filter (package: package.essential or false) lock.packages);

  # "unpack a b c" or "configure a b c", as inside.sh reads it.
  line =
    step:
    builtins.concatStringsSep " " (
      if step ? unpack then [ "unpack" ] ++ step.unpack else [ "configure" ] ++ step.configure
    );
in
bootstrap.run "${name}-layer" ./install.sh {
  inherit below setup;
  inherit (tools) ownership tree;
  inside = ./inside.sh;
  repack = ./repack.sh;
  emit = ./emit.sh;
  trim = ./trim.cfg;
  seal = ../lib/seal.sh;
  debs = map (fetch.deb lock) lock.packages;
  passAsFile = [ "debs" ]; # longer than one variable may be
  names = namesOf lock.packages;
  inherit essential;
  dependencies = builtins.filter (name: !(builtins.elem name (lock.requested ++ essential))) (
    namesOf lock.packages
  );
  plan = builtins.toFile "plan" (builtins.concatStringsSep "\n" (map line lock.steps ++ [ "" ]));
  # As the list of the layer's files names them.
  privileged = builtins.toFile "privileged" (
    builtins.concatStringsSep "" (map (path: ".${path}\n") privileged)
  );
  timestamp = builtins.foldl' (a: b: if a > b then a else b) "" (builtins.attrValues lock.archives);
}
