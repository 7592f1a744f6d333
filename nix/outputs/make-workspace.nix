# An image for other flakes: one of Kasmix's workspaces, or a generated file of one's own, with more in it.
#
# In:  name       of the image: lower-case letters, digits and "-"
#      workspace  "desktop" or another of Kasmix's, or a file that `kasmix generate` wrote
#      packages   attribute paths of nixpkgs, besides those of the workspace
#      unfree     names of packages that are taken though their licence is no free one
#      programs   what is to be found at a path of the image: { "/usr/bin/browser" = "firefox/bin/firefox"; }
#      files      as lib/files.nix takes them; over those of the workspace with the same path
#      environment  variables by name, over those of the workspace
#      base       "nixpkgs", or "debian" with the workspace's packages of Debian alone
#      displayServer  "tigervnc" or "kasmvnc"
# Out: the image, as the flake's packages are
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
      import file { workspace = arguments: arguments; }
    else
      throw "mkWorkspace: there is no workspace ${toString workspace}; Kasmix has ${toString known}";
  known = builtins.filter (each: each != null) (
    map (each: let found = builtins.match "(.*)\\.nix" each; in if found == null then null else builtins.head found) (
      builtins.attrNames (builtins.readDir ../workspaces)
    )
  );

  additions = packages != [ ] || unfree != [ ] || programs != { };
  below = given.nixpkgs or { packages = [ ]; };
  program =
    path:
    let
      parts = builtins.match "([^/]+)/(.+)" programs.${path};
    in
    if parts == null then
      throw "mkWorkspace: programs has ${programs.${path}} for ${path}; write the package and the file in it: firefox/bin/firefox"
    else
      {
        inherit path;
        package = builtins.elemAt parts 0;
        file = builtins.elemAt parts 1;
      };
  replaced = map (each: each.path) files;
  nameOf = entry: builtins.head (builtins.match "([^=]*)=.*" entry);

  image = images.parts.workspace (
    given
    // {
      inherit name base displayServer;
      image = name;
      files = builtins.filter (each: !(builtins.elem each.path replaced)) given.files ++ files;
      config = given.config // {
        Env =
          builtins.filter (entry: !(environment ? ${nameOf entry})) given.config.Env
          ++ map (variable: "${variable}=${environment.${variable}}") (builtins.attrNames environment);
        Labels = given.config.Labels // {
          "io.kasmix.workspace" = name;
        };
      };
      nixpkgs = {
        packages = below.packages ++ packages;
        unfree = below.unfree or [ ] ++ unfree;
        programs =
          builtins.filter (each: !(programs ? ${each.path})) (below.programs or [ ])
          ++ map program (builtins.attrNames programs);
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
  throw "mkWorkspace: ${name} is no name of an image; take lower-case letters, digits and -, a letter first, at most 40"
else if base == "debian" && additions then
  throw "mkWorkspace: packages, unfree and programs are of nixpkgs; take base = \"nixpkgs\", or leave them out"
else
  withScripts name image
