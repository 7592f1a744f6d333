# Every workspace's image, by name: `nix build --file nix desktop`. flake.nix gives the same ones.
#
# In:  withoutVendor  whether nothing of any vendor is fetched, and stand-ins take the place of their programs
{
  system ? "x86_64-linux",
  withoutVendor ? false,
}:

let
  readJSON = file: builtins.fromJSON (builtins.readFile file);
  architecture = { x86_64-linux = "amd64"; }.${system};

  toolsLock = readJSON ./locks/tools.json;
  coreLock = readJSON ./locks/core.json;

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
  layVendor = import ./vendor/layers.nix { inherit bootstrap fetch tools layFiles; };
  buildImage = import ./lib/image.nix { inherit bootstrap architecture; };
  runtime = import ./runtime.nix { inherit bootstrap fetch; };
  gamepad = import ./gamepad/library.nix { inherit bootstrap tools; };
  program =
    name: source:
    bootstrap.run name ./lib/program.sh {
      inherit (tools) tree;
      inherit source;
    };
  soundEncoder = program "sound-encoder" ./sound/encoder.c;
  screenshot = program "screenshot" ./screenshot/screenshot.c;

  # What every workspace has in common, so that all images share the layer.
  core = installPackages {
    name = "core";
    lock = coreLock;
    setup = ./debian/setup.sh;
  };

  # What a generated file of nix/workspaces/ calls.
  #
  # In:  name, lock (a file of nix/locks/), config (of the image)
  #      files  as lib/files.nix takes them; one without source or link is found in tree under its own path
  #      vendor  packages as vendor/layers.nix takes them
  workspace =
    {
      name,
      lock,
      tree,
      files,
      config,
      vendor ? { },
    }:
    let
      pinned = readJSON lock;
      packages = installPackages {
        inherit name;
        lock = pinned;
        below = core;
      };
      ownFiles = layFiles {
        inherit name;
        directories = [
          { path = "/tmp"; mode = "1777"; }
          { path = "/tmp/.ICE-unix"; mode = "1777"; }
          { path = "/tmp/.X11-unix"; mode = "1777"; }
          { path = "/home/kasm-default-profile"; owner = "kasm-user"; }
          { path = "/home/kasm-user"; mode = "0775"; owner = "kasm-user"; }
        ];
        files = [
          { path = "/opt/kasmix"; source = "${runtime}/opt/kasmix"; }
          { path = "/opt/kasmix/gamepad.so"; source = gamepad; }
          { path = "/opt/kasmix/sound-encoder"; mode = "0755"; source = soundEncoder; }
          { path = "/opt/kasmix/screenshot"; mode = "0755"; source = screenshot; }
          { path = "/usr/bin/kasmixctl"; link = "../../opt/kasmix/kasmixctl.mjs"; }
          # The image is the same for everybody; the runtime writes each home's own id.
          { path = "/etc/machine-id"; link = "/tmp/kasmix/machine-id"; }
          { path = "/var/lib/dbus/machine-id"; link = "/etc/machine-id"; }
        ]
        ++ map (located tree) files;
      };
    in
    buildImage {
      name = "kasmix/${name}";
      layers = [
        { kind = "packages"; layer = core; }
        { kind = "packages"; layer = packages; }
      ]
      ++ layVendor {
        workspace = name;
        packages = vendor;
        standIn = withoutVendor;
      }
      ++ [ { kind = "files"; layer = ownFiles; } ];
      config = if vendor == { } then config else labelled config;
      timestamp = pinned.archives.debian;
    };

  # Tells of an image whether the vendors' software is in it.
  labelled =
    config:
    config
    // {
      Labels = config.Labels // {
        "io.kasmix.vendor" = if withoutVendor then "stand-in" else "included";
      };
    };

  # A file of the workspace with its content as a store path of its own: a change of one file moves no other.
  located =
    tree: file:
    if file ? link then
      file
    else
      file
      // {
        source = builtins.path {
          name = "file";
          path = file.source or (tree + file.path);
        };
      };

  file = name: builtins.match "(.*)\\.nix" name;
  names = builtins.filter (name: file name != null) (builtins.attrNames (builtins.readDir ./workspaces));
in
builtins.listToAttrs (
  map (name: {
    name = builtins.head (file name);
    value = import (./workspaces + "/${name}") { inherit workspace; };
  }) names
)
// {
  parts = { inherit core gamepad installPackages layVendor screenshot; };
}
