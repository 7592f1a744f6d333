{
  description = "Stands in for github:a-h/KasmVNC, which has these names of packages: --override-input kasmvnc path:test/nix/kasmvnc";

  outputs =
    _:
    let
      system = "x86_64-linux";
      kasmvnc = derivation {
        name = "kasmvnc-stand-in";
        inherit system;
        builder = "/stand-in";
      };
    in
    {
      packages.${system} = {
        default = kasmvnc;
        inherit kasmvnc;
      };
    };
}
