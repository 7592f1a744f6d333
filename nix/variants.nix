# Every image by its name: <workspace>; <workspace>-nixpkgs where the workspace has `nixpkgs`; where it does not have
# KasmVNC as its display server, <workspace>-kasmvnc with it from source, and <workspace>-kasmvnc-release with its release
# for Debian. The names depend on no input. Images of Debian's packages exist only for architectures that have a lock.
{ workspace, isLocked }:

let
  nameOf = file: builtins.match "(.*)\\.nix" file;
  files = builtins.filter (file: nameOf file != null) (builtins.attrNames (builtins.readDir ./workspaces));

  imagesOf =
    file:
    let
      name = builtins.head (nameOf file);
      given = import (./workspaces + "/${file}");
      named = image: changes: { ${image} = workspace (given // changes // { inherit image; }); };
      own =
        named name { }
        // (if given ? displayServer then { } else named "${name}-kasmvnc" { displayServer = "kasmvnc"; })
        // (
          if given ? displayServer || !(given ? lock) then
            { }
          else
            named "${name}-kasmvnc-release" { displayServer = "kasmvnc-release"; }
        );
    in
    (if given ? lock && !(isLocked given.lock) then { } else own)
    // (if given ? lock && given ? nixpkgs then named "${name}-nixpkgs" { base = "nixpkgs"; } else { });
in
builtins.foldl' (all: file: all // imagesOf file) { } files
