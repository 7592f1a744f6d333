{
  description = "A desktop of my own, served in the browser";

  # A checkout of Kasmix is path:/the/folder.
  inputs.kasmix.url = "github:OWNER/kasmix";

  outputs =
    { kasmix, ... }:
    let
      image = kasmix.lib.mkWorkspace {
        name = "mine";
        # XFCE with a file manager, a terminal and a browser; the packages below come on top.
        workspace = "desktop";
        packages = [
          "gimp"
          "libreoffice"
        ];
        environment.LANG = "en_US.UTF-8";
      };
    in
    {
      # nix build; nix run .#default.load; nix run .#default.copyToRegistry -- registry.example/me/mine:latest
      packages.x86_64-linux.default = image;
    };
}
