# A package of nixpkgs by its attribute path, as workspaces name it ("thunar", "kdePackages.kate").
#
# In:  pkgs  the package set
#      path  the attribute path
# Out: the package; where there is none, an error with the workspace that names it
{ pkgs, workspace }:

path:

let
  steps = builtins.filter builtins.isString (builtins.split "\\." path);
  missing = throw "The workspace ${workspace} names ${path}, which nixpkgs does not have. Look for it: nix search nixpkgs NAME";
  found = builtins.foldl' (set: step: set.${step} or missing) pkgs steps;
  hasEnvironment = builtins.isAttrs found.override or null && (found.override.__functionArgs or { }) ? useFHSEnv;
in
# Discord's usual form runs in an environment made by bubblewrap, which needs user namespaces: a container has none.
if hasEnvironment then found.override { useFHSEnv = false; } else found
