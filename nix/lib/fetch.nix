# Pinned fetches: fixed-output derivations by Nix's own downloader, which need no nixpkgs. A fetch whose store path
# exists already, since the CLI registered the file, does not use the network.
let
  # The permanent roots of the pins. The hash decides; the CLI may have fetched a file from elsewhere.
  debianRoot = "https://snapshot.debian.org/archive";
  npmRoot = "https://registry.npmmirror.com";
  npmFileRoot = "https://cdn.jsdelivr.net/npm";

  # Characters that Nix refuses in a store name become "_"; src/debian/store-path.ts does the same.
  storeName =
    name:
    builtins.concatStringsSep "" (
      map (part: if builtins.isList part then "_" else part) (builtins.split "[^A-Za-z0-9+._?=-]" name)
    );

  fetch =
    {
      name,
      url,
      hash,
      executable ? false,
    }:
    derivation {
      inherit name url executable;
      builder = "builtin:fetchurl";
      system = "builtin";
      unpack = false;
      preferLocalBuild = true;
      outputHash = hash;
      outputHashAlgo = null;
      outputHashMode = if executable then "recursive" else "flat";
    };

  hexHash = sha256: "sha256:${sha256}";
in
{
  inherit debianRoot fetch;

  # A package of a lock as its .deb.
  deb =
    lock: package:
    fetch {
      name = storeName (baseNameOf package.path);
      url = "${debianRoot}/${package.archive}/${lock.archives.${package.archive}}/${package.path}";
      hash = hexHash package.sha256;
    };

  # A package of package-lock.json as its tarball.
  npmTarball =
    packageLock: name:
    let
      inherit (packageLock.packages."node_modules/${name}") version integrity;
    in
    fetch {
      name = "${storeName (baseNameOf name)}-${version}.tgz";
      url = "${npmRoot}/${name}/-/${baseNameOf name}-${version}.tgz";
      hash = integrity;
    };

  # A single executable out of an npm package.
  npmExecutable =
    {
      package,
      version,
      file,
      hash,
    }:
    fetch {
      name = baseNameOf file;
      url = "${npmFileRoot}/${package}@${version}/${file}";
      inherit hash;
      executable = true;
    };
}
