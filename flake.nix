{
  description = "Reproducible browser-streamed Linux desktops";

  # The Debian-based images touch none of them and evaluate offline.
  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";
    # KasmVNC's own, pinned to a state that it is known to build with. An input of the root: an address that is given for
    # an input's input is asked for anew by older versions of Nix, whatever the lock says.
    nixpkgs-kasmvnc.url = "github:NixOS/nixpkgs/nixos-25.11";
    kasmvnc = {
      url = "github:a-h/KasmVNC";
      inputs.nixpkgs.follows = "nixpkgs-kasmvnc";
    };
    # KasmVNC's web client: the commit that KasmVNC's hashes belong to. It fetches a branch, which has moved since.
    novnc = {
      url = "github:kasmtech/noVNC/4166ae84781910977605ebda9c03de105839367b";
      flake = false;
    };
  };

  outputs = inputs: import ./nix/outputs inputs;
}
