# KasmVNC from source: the flake input's package, with noVNC as an input of its own. The package fetches noVNC by a branch
# that has moved since, and serves noVNC's whole source with its build tools, some 190 MB; here it serves the built client.
#
# In:  packages  the input's: kasmvnc-www is the client, by buildNpmPackage; default is the server
#      novnc     noVNC's source, of the commit that the package's hashes belong to
# Out: package, and its sources as lib/image.nix takes them
{ packages, novnc }:

let
  # The package's own client must not stay in the closure of what is built.
  plain = builtins.unsafeDiscardStringContext;

  www = packages.kasmvnc-www.overrideAttrs (old: {
    src = novnc;
    # Fetched for the source's lock file.
    npmDeps = old.npmDeps.overrideAttrs { src = novnc; };
    installPhase = ''cp -r dist "$out"'';
  });
in
{
  package = packages.default.overrideAttrs (old: {
    KASMVNC_WEB_DIST = www;
    # Copies the client to where KasmVNC's build script looks for it.
    preBuild = builtins.replaceStrings [ (plain "${old.KASMVNC_WEB_DIST}") ] [ "${www}" ] (plain old.preBuild);
  });

  sources = [
    { name = "KasmVNC"; inherit (packages.default) version; input = "kasmvnc"; }
    { name = "noVNC"; inherit (packages.kasmvnc-www) version; input = "novnc"; }
    {
      name = "xorg-server";
      version = packages.default.XORG_VER;
      note = "Part of KasmVNC's X server, as X.Org released it: without the security patches of Debian's package.";
    }
  ];
}
