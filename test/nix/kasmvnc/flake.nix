{
  description = "Stands in for github:a-h/KasmVNC, which has these names of packages: --override-input kasmvnc path:test/nix/kasmvnc";

  outputs =
    _:
    let
      packagesFor =
        system:
        let
          kasmvnc = derivation {
            name = "kasmvnc-stand-in";
            inherit system;
            builder = "/stand-in";
          };
        in
        {
          default = kasmvnc;
          inherit kasmvnc;
        };
    in
    {
      packages.x86_64-linux = packagesFor "x86_64-linux";
      packages.aarch64-linux = packagesFor "aarch64-linux";
    };
}
