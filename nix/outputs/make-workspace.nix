# An image for other flakes: one of Kasmix's workspaces, or a generated file of one's own, with more in it.
#
# In:  name       of the image: lower-case letters, digits and "-"
#      workspace  "desktop" or another of Kasmix's, or a file that `kasmix generate` wrote
#      packages   attribute paths of nixpkgs, besides those of the workspace
#      unfree     names of the packages that may have an unfree licence
#      programs   what lies at a path of the image: { "/usr/bin/browser" = "firefox/bin/firefox"; }
#      files      as lib/files.nix takes them; over those of the workspace with the same path
#      environment  variables by name, over those of the workspace
#      base       "nixpkgs", or "debian" with the workspace's packages of Debian alone
#      displayServer  "tigervnc", "kasmvnc" or, on Debian, "kasmvnc-release"
# Out: the image, like the flake's packages
{ inputs }:

{
  name,
  system ? "x86_64-linux",
  workspace ? "desktop",
  packages ? [ ],
  unfree ? [ ],
  programs ? { },
  files ? [ ],
  environment ? { },
  base ? "nixpkgs",
  displayServer ? "tigervnc",
}:

let
  images = import ../. { inherit system inputs; };
  file = if builtins.isString workspace then ../workspaces + "/${workspace}.nix" else workspace;
  given =
    if builtins.pathExists file then
      import file
    else
      throw "mkWorkspace: there is no workspace ${toString workspace}; Kasmix has ${toString known}";
  known = builtins.concatMap (
    each: let found = builtins.match "(.*)\\.nix" each; in if found == null then [ ] else found
  ) (builtins.attrNames (builtins.readDir ../workspaces));

  additions = packages != [ ] || unfree != [ ] || programs != { };
  below = given.nixpkgs or { packages = [ ]; };
  replaced = map (each: each.path) files;

  image = images.parts.workspace (
    given
    // {
      inherit name base displayServer;
      image = name;
      files = builtins.filter (each: !(builtins.elem each.path replaced)) given.files ++ files;
      environment = given.environment or { } // environment;
      nixpkgs = {
        packages = below.packages ++ packages;
        unfree = below.unfree or [ ] ++ unfree;
        programs = below.programs or { } // programs;
      };
    }
  );
  withScripts = import ./scripts.nix {
    lazy = import ./lazy.nix { inherit system; };
    inherit (images.parts) bootstrap;
    # No checkout of Kasmix knows this image.
    inCheckout = false;
  };
in
if builtins.match "[a-z][a-z0-9-]{0,39}" name == null then
  throw "mkWorkspace: ${name} is not a valid image name; use lower-case letters, digits and -, a letter first, at most 40"
else if base == "debian" && additions then
  throw "mkWorkspace: packages, unfree and programs come from nixpkgs; set base = \"nixpkgs\", or leave them out"
else
  withScripts name image
