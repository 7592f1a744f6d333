# Every image by its name: <workspace>; <workspace>-nixpkgs where the workspace has `nixpkgs`; <workspace>-kasmvnc with
# KasmVNC as its display server, where the first has another. The names depend on no input. Images of Debian's packages
# exist only for architectures that have a lock.
{ workspace, isLocked }:

let
  nameOf = file: builtins.match "(.*)\\.nix" file;
  files = builtins.filter (file: nameOf file != null) (builtins.attrNames (builtins.readDir ./workspaces));

  imagesOf =
    file:
    let
      name = builtins.head (nameOf file);
      given = import (./workspaces + "/${file}");
      hasKasmvnc = given.displayServer or "tigervnc" == "kasmvnc";
      named = image: changes: { ${image} = workspace (given // changes // { inherit image; }); };
      own =
        named name { }
        // (if hasKasmvnc then { } else named "${name}-kasmvnc" { displayServer = "kasmvnc"; });
    in
    (if given ? lock && !(isLocked given.lock) then { } else own)
    // (if given ? lock && given ? nixpkgs then named "${name}-nixpkgs" { base = "nixpkgs"; } else { });
in
builtins.foldl' (all: file: all // imagesOf file) { } files
