# Layers of third-party software, one for each package: the pinned file, unpacked, or stand-ins for its programs.
#
# In:  workspace  name of the workspace
#      packages   by name { version, url, file, sha256, format, directory, strip, programs }; programs is a list of
#                 { path, title }, file the name in the store
#      standIn    whether programs that say that the package is missing replace its own, so that it is not fetched
# Out: a list of { kind, layer }, in the order of the names
{ bootstrap, fetch, tools, layFiles }:

{
  workspace,
  packages,
  standIn,
}:

let
  unpacked =
    package: entry:
    bootstrap.run "${package}-vendor-layer" ./unpack.sh {
      inherit package;
      inherit (entry) format directory strip;
      inherit (bootstrap) sevenZip;
      inherit (tools) tree;
      archive = fetch.fetch {
        name = entry.file;
        inherit (entry) url;
        hash = "sha256:${entry.sha256}";
      };
      programs = builtins.concatStringsSep "\n" (map (program: program.path) entry.programs ++ [ "" ]);
      passAsFile = [ "programs" ];
      seal = ../lib/seal.sh;
    };

  stoodIn =
    package: entry:
    layFiles {
      name = "${package}-stand-in";
      files = map (program: {
        inherit (program) path;
        mode = "0755";
        source = renderStandIn package entry program;
      }) entry.programs;
    };

  quoted = text: "'${builtins.replaceStrings [ "'" ] [ "'\\''" ] text}'";

  renderStandIn =
    package: entry: program:
    builtins.toFile "stand-in" (
      builtins.replaceStrings
        [ "@package@" "@version@" "@url@" "@title@" "@workspace@" ]
        (map quoted [ package entry.version entry.url program.title workspace ])
        (builtins.readFile ./stand-in.sh)
    );
in
map (package: {
  kind = "vendor";
  layer = (if standIn then stoodIn else unpacked) package packages.${package};
}) (builtins.attrNames packages)
