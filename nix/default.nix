# Every image, by name: `nix build --file nix desktop`. flake.nix has the same images.
#
# In:  withoutVendor  whether stand-ins replace third-party software, so that none is fetched
#      withoutWheels  whether the Python packages of locks/wheels.json are left out, so that none is fetched
#      inputs  the flake's: nixpkgs for the base nixpkgs, kasmvnc and novnc for the display server; Debian's images use neither
#      packagesFor  a function from the names of allowed unfree packages to the packages of nixpkgs
{
  system ? "x86_64-linux",
  withoutVendor ? false,
  withoutWheels ? false,
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

  fetch = import ./lib/fetch.nix;
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
  layWheels = import ./wheels/layers.nix { inherit architecture bootstrap fetch layFiles tools; };
  buildImage = import ./lib/image.nix { inherit bootstrap architecture; };
  runtime = import ./runtime.nix { inherit bootstrap fetch system; };
  # The C programs of Kasmix, for Debian's libraries.
  native = {
    devices = tools.compile "devices.so" [ "-shared" ] [ ./devices/devices.h ./devices/paths.c ./devices/gamepad.c ./devices/camera.c ];
    hideSecrets = tools.compile "hide-secrets" [ ] [ ./secrets/hide-secrets.c ];
    undumpable = tools.compile "undumpable.so" [ "-shared" ] [ ./secrets/undumpable.c ];
    screenshot = tools.compile "screenshot" [ "-lX11" "-ljpeg" ] [ ./screenshot/screenshot.c ];
    soundEncoder = tools.compile "sound-encoder" [
      "-lpulse-simple"
      "-lpulse"
      "-lopus"
      "-ltwolame"
      # libpulse is linked with a library in this folder.
      "-L/usr/lib/${builtins.replaceStrings [ "linux" ] [ "linux-gnu" ] system}/pulseaudio"
    ] [ ./sound/encoder.c ];
  };

  nss = tools.compile "libnss_kasmix.so.2" [ "-shared" ] [ ./user/nss.c ];

  # The packages of every workspace: all images share this layer.
  core = installPackages {
    name = "core";
    lock = coreLock;
    setup = ./debian/user.sh;
  };

  date = inputs.nixpkgs.lastModifiedDate;
  bases = {
    debian = import ./debian/base.nix {
      inherit bootstrap core fetch installPackages layFiles layVendor lockOf native nss system;
      # Third-party software is pinned for amd64 only.
      withoutVendor = withoutVendor || architecture != "amd64";
    };
    nixpkgs = import ./nixpkgs/base.nix {
      inherit system packagesFor layClosure layFiles;
      # As Debian's snapshots write it: 20260911T081835Z, of 20260911081835.
      timestamp = "${builtins.substring 0 8 date}T${builtins.substring 8 6 date}Z";
    };
  };

  workspace = import ./workspace.nix {
    inherit bases bootstrap buildImage layClosure layFiles runtime;
    wheels = if withoutWheels then [ ] else layWheels (readJSON ./locks/wheels.json);
    # Its layer, and the label that says whether it is there. Without vendor software TigerVNC is the display server.
    kasmvncRelease =
      workspace:
      let
        inherit (readJSON ./vendor-files/kasmvnc.json) kasmvnc;
        pin = kasmvnc.${architecture};
        url = builtins.replaceStrings [ "{version}" ] [ kasmvnc.version ] pin.url;
      in
      {
        layers =
          if withoutVendor then
            [ ]
          else
            layVendor {
              inherit workspace;
              standIn = false;
              packages.kasmvnc = {
                inherit (kasmvnc) version;
                inherit (pin) sha256;
                inherit url;
                file = baseNameOf url;
                format = "deb";
                directory = "/opt/kasmvnc";
                strip = 0;
                programs = [ { path = "/usr/bin/Xkasmvnc"; title = "KasmVNC"; } ];
              };
            };
        labels."io.kasmix.vendor" = if withoutVendor then "stand-in" else "included";
      };
    kasmvnc = import ./kasmvnc.nix {
      packages = inputs.kasmvnc.packages.${system};
      inherit (inputs) novnc;
    };
  };
in
import ./variants.nix {
  inherit workspace;
  isLocked = lock: builtins.pathExists (lockFile (baseNameOf lock));
}
// {
  parts = native // {
    inherit bases bootstrap buildImage core installPackages layClosure layVendor layWheels nss runtime tools workspace;
  };
}
