{
  description = "Reproducible browser-streamed Linux desktops";

  # Pinned for outputs on the nixpkgs base; the Debian-based ones below touch neither and evaluate offline.
  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";
    kasmvnc = {
      url = "github:a-h/KasmVNC";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs =
    { self, ... }:
    let
      system = "x86_64-linux";
      workspaces = import ./nix { inherit system; };
    in
    {
      packages.${system} = builtins.removeAttrs workspaces [ "parts" ] // {
        default = workspaces.desktop;
      };
    };
}
