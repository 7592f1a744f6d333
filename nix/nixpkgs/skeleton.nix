# The paths that programs, scripts and `docker exec` expect, made of links to packages: /usr/bin, /usr/share, /etc.
# Files that several packages share (schemas, MIME types) are merged into real files.
#
# In:  name      of the derivation
#      packages  whose programs and data are shown
#      links     a list of { path, target }: they win over files of packages
{ pkgs }:

{
  name,
  packages,
  links,
}:

let
  # The outputs that nixpkgs itself would install of a package.
  outputsOf = package: map (output: package.${output}) (package.meta.outputsToInstall or [ "out" ]);
in
pkgs.runCommand "${name}-skeleton"
  {
    nativeBuildInputs = with pkgs; [
      desktop-file-utils
      glib.dev
      shared-mime-info
    ];
    packages = builtins.concatMap outputsOf packages;
    fontsConf = pkgs.makeFontsConf { fontDirectories = [ "/usr/share/fonts" ]; };
    paths = map (link: link.path) links;
    targets = map (link: link.target) links;
    sessionConf = ./session.conf;
  }
  (builtins.readFile ./skeleton.sh)
