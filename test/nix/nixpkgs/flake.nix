{
  description = "Stands in for nixpkgs: --override-input nixpkgs path:test/nix/nixpkgs";

  outputs = _: { };
}
