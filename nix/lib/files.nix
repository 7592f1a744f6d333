# A layer of single files: the workspace's, and Kasmix's own.
#
# In:  files  a list of { path, mode, owner, source } or { path, link }; owner is "root" or "kasm-user". A source that
#             is a directory is copied with everything in it.
#      directories  a list of { path, mode, owner }
{ bootstrap, tools }:

{
  name,
  files,
  directories ? [ ],
}:

let
  # One instruction a line, its fields separated by tabs: no field may hold a tab or a newline.
  line =
    fields:
    assert builtins.all (field: builtins.match "[^\t\n]*" field != null) fields;
    builtins.concatStringsSep "\t" fields;
  directory = { path, mode ? "0755", owner ? "root" }: line [ "directory" path mode owner "-" ];
  file =
    entry:
    if entry ? link then
      line [ "link" entry.path "0777" (entry.owner or "root") entry.link ]
    else
      line [ "file" entry.path (entry.mode or "0644") (entry.owner or "root") "${entry.source}" ];
in
bootstrap.run "${name}-files" ./files.sh {
  inherit (tools) tree;
  instructions = builtins.concatStringsSep "\n" (map directory directories ++ map file files ++ [ "" ]);
  passAsFile = [ "instructions" ];
  seal = ./seal.sh;
}
