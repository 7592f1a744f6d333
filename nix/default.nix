# Every image, by name: `nix build --file nix desktop`. flake.nix gives the same ones.
#
# In:  withoutVendor  whether nothing of any vendor is fetched, and stand-ins take the place of their programs
#      inputs  the flake's: nixpkgs for the base nixpkgs, kasmvnc for the display server; Debian's images look at neither
#      packagesFor  the packages of nixpkgs, by the names of those that are not free and are taken all the same
{
  system ? "x86_64-linux",
  withoutVendor ? false,
  inputs ? import ./inputs.nix,
  packagesFor ? import ./nixpkgs/packages.nix { inherit system inputs; },
}:

let
  readJSON = file: builtins.fromJSON (builtins.readFile file);
  architecture = { x86_64-linux = "amd64"; aarch64-linux = "arm64"; }.${system};

  # The lock of this name for these machines; src/debian/read.ts has the same rule.
  lockFile = name: ./locks + (if architecture == "amd64" then "/${name}" else "/${architecture}/${name}");
  lockOf = name: readJSON (lockFile name);
  toolsLock = lockOf "tools.json";
  coreLock = lockOf "core.json";

  fetch = import ./lib/fetch.nix { };
  bootstrap = import ./lib/bootstrap.nix {
    inherit system fetch;
    lock = toolsLock;
  };
  tools = import ./debian/tools.nix {
    inherit bootstrap;
    packages = map (package: package.name) toolsLock.packages;
  };
  installPackages = import ./debian/packages.nix { inherit bootstrap fetch tools; };
  layFiles = import ./lib/files.nix { inherit bootstrap tools; };
  layClosure = import ./lib/closure.nix { inherit bootstrap tools; };
  layVendor = import ./vendor-files/layers.nix { inherit bootstrap fetch tools layFiles; };
  buildImage = import ./lib/image.nix { inherit bootstrap architecture; };
  runtime = import ./runtime.nix { inherit bootstrap fetch system; };
  gamepad = tools.compile "gamepad.so" [ "-shared" ] [ ./gamepad/pad.h ./gamepad/paths.c ./gamepad/controls.c ];
  soundEncoder = tools.compile "sound-encoder" [
    "-lpulse-simple"
    "-lpulse"
    "-lopus"
    "-ltwolame"
    # What libpulse itself is linked with.
    "-L/usr/lib/${builtins.replaceStrings [ "linux" ] [ "linux-gnu" ] system}/pulseaudio"
  ] [ ./sound/encoder.c ];
  screenshot = tools.compile "screenshot" [ "-lX11" "-ljpeg" ] [ ./screenshot/screenshot.c ];

  # What every workspace has in common, so that all images share the layer.
  core = installPackages {
    name = "core";
    lock = coreLock;
    setup = ./debian/setup.sh;
  };

  bases = {
    debian = import ./debian/base.nix {
      inherit core installPackages layVendor lockOf gamepad screenshot soundEncoder;
      # What vendors are pinned with is for the other machines.
      withoutVendor = withoutVendor || architecture != "amd64";
    };
    nixpkgs = import ./nixpkgs/base.nix {
      inherit system packagesFor layClosure layFiles;
      timestamp = import ./lib/timestamp.nix inputs.nixpkgs.lastModifiedDate;
    };
  };

  workspace = import ./workspace.nix {
    inherit bases bootstrap buildImage layClosure layFiles runtime;
    kasmvnc = inputs.kasmvnc.packages.${system}.default;
  };
in
import ./variants.nix {
  inherit workspace;
  isLocked = lock: builtins.pathExists (lockFile (baseNameOf lock));
}
// {
  parts = {
    inherit bases bootstrap buildImage core installPackages layClosure layVendor tools workspace;
    inherit gamepad runtime screenshot soundEncoder;
  };
}
