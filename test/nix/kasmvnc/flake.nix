{
  description = "Stands in for github:a-h/KasmVNC: --override-input kasmvnc path:test/nix/kasmvnc";

  # Its packages, what they are made from, and where they can be overridden, as in flake.nix of the pinned revision. Only
  # the programs that build them are missing.
  outputs =
    _:
    let
      packagesFor =
        system:
        let
          # nixpkgs' stdenv.mkDerivation, as far as it is overridden.
          mkDerivation =
            attributes:
            derivation (attributes // { inherit system; builder = "/stand-in"; })
            // {
              overrideAttrs =
                change:
                mkDerivation (attributes // (if builtins.isFunction change then change attributes else change));
            };
          fetchFromGitHub =
            { rev, sha256 }:
            mkDerivation { name = "source"; inherit rev; outputHash = sha256; outputHashMode = "recursive"; };
          src = fetchFromGitHub {
            rev = "release/1.3.1";
            sha256 = "sha256-lbNPJ1yRUQp/ppsdQQGlo6ceYa2l0tzsDnDrTZZ1zkM=";
          };
          kasmvncWeb = mkDerivation {
            name = "kasmvnc-www-1.3.1";
            version = "1.3.1";
            inherit src;
            npmDeps = mkDerivation {
              name = "kasmvnc-www-1.3.1-npm-deps";
              inherit src;
              outputHash = "sha256-RWcdYHsENALjGpOl7x1zjpvonW8QGXZ9U880Q8ymfwQ=";
              outputHashMode = "recursive";
            };
            installPhase = "mkdir -p $out; cp -r . $out/";
          };
          kasmvnc = mkDerivation {
            name = "kasmvnc-1.3.4";
            version = "1.3.4";
            XORG_VER = "21.1.7";
            KASMVNC_WEB_DIST = kasmvncWeb;
            preBuild = "cp -r ${kasmvncWeb}/* kasmweb/dist/; cp -r ${kasmvncWeb}/* builder/www/";
          };
        in
        {
          kasmvnc-www = kasmvncWeb;
          default = kasmvnc;
          inherit kasmvnc;
        };
    in
    {
      packages.x86_64-linux = packagesFor "x86_64-linux";
      packages.aarch64-linux = packagesFor "aarch64-linux";
    };
}
