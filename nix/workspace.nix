# The image of a workspace, as a generated file of nix/workspaces/ describes it.
#
# In:  name, title, description
#      icon     the workspace's, which the sign-in page shows if it is there
#      tree     the folder of generated files, laid out as in the image
#      files    as lib/files.nix takes them; one without source or link is found in tree under its own path. They come
#               besides those of common/files.nix, and over them.
#      lock     a file of nix/locks/, where its packages come from Debian
#      privileged  programs of Debian's packages that keep their set-id bits and file capabilities
#      languages  whose translations of Debian's packages are in the image
#      environment, volumes  of the image, besides those of common/image-config.nix
#      vendor   packages as vendor-files/layers.nix takes them
#      nixpkgs  what nixpkgs/base.nix takes: its packages there, for another image or, without a lock, for its only one
#      base, displayServer  where the packages come from ("debian", "nixpkgs"), which program draws the display
#                           ("tigervnc", "kasmvnc" from source, "kasmvnc-release")
#      image    name of the image, where that is not the workspace's
{
  bases,
  bootstrap,
  buildImage,
  layClosure,
  layFiles,
  runtime,
  kasmvnc,
  kasmvncRelease,
  wheels,
}:

{
  name,
  title,
  description,
  icon ? null,
  tree,
  files,
  lock ? null,
  privileged ? [ ],
  languages ? [ ],
  environment ? { },
  volumes ? [ ],
  vendor ? { },
  nixpkgs ? null,
  base ? if lock == null then "nixpkgs" else "debian",
  displayServer ? "tigervnc",
  image ? name,
}:

let
  fromSource = { tigervnc = false; kasmvnc = true; kasmvnc-release = false; }.${displayServer};
  fromRelease = displayServer == "kasmvnc-release";
  release = if fromRelease then kasmvncRelease image else { layers = [ ]; labels = { }; };

  below =
    if base == "nixpkgs" then
      bases.nixpkgs ({ name = image; } // nixpkgs)
    else
      bases.debian { inherit name lock privileged languages vendor; };

  display = if fromSource then [ kasmvnc.package ] else [ ];
  # What shows the display comes above all packages: these are large, and stay the same layers of an engine for every
  # display server and over a new version of it.
  displayLayers =
    (if base == "debian" && displayServer == "tigervnc" then wheels else [ ])
    ++ release.layers
    ++ map (package: {
      kind = "closure";
      layer = layClosure {
        name = "kasmvnc";
        paths = [ package ];
        limit = 20;
      };
    }) display;

  ownFiles = layFiles {
    name = image;
    directories = [
      { path = "/tmp"; mode = "1777"; }
      { path = "/tmp/.ICE-unix"; mode = "1777"; }
      { path = "/tmp/.X11-unix"; mode = "1777"; }
      { path = "/home/kasm-default-profile"; owner = "kasm-user"; }
      { path = "/home/kasm-user"; mode = "0775"; owner = "kasm-user"; }
    ];
    files = [
      { path = "/opt/kasmix"; source = "${runtime}/opt/kasmix"; }
      { path = "/opt/kasmix/devices.so"; source = below.native.devices; }
      { path = "/opt/kasmix/hide-secrets"; mode = "0111"; source = below.native.hideSecrets; }
      { path = "/opt/kasmix/undumpable.so"; source = below.native.undumpable; }
      { path = "/opt/kasmix/sound-encoder"; mode = "0755"; source = below.native.soundEncoder; }
      { path = "/opt/kasmix/screen-encoder"; mode = "0755"; source = ./screen/encoder.py; }
      { path = "/opt/kasmix/screenshot"; mode = "0755"; source = below.native.screenshot; }
      { path = "/usr/bin/kasmixctl"; link = "../../opt/kasmix/kasmixctl.mjs"; }
      # The image is the same for everybody; the runtime writes each home's own id.
      { path = "/etc/machine-id"; link = "/tmp/kasmix/machine-id"; }
      { path = "/var/lib/dbus/machine-id"; link = "/etc/machine-id"; }
    ]
    ++ below.files
    ++ (if icon != null && builtins.pathExists icon then [ (located { path = "/opt/kasmix/icon"; source = icon; }) ] else [ ])
    # Over the release's own, which would be read as settings.
    ++ (
      if fromRelease then
        [ { path = "/etc/kasmvnc/kasmvnc.yaml"; source = builtins.toFile "kasmvnc.yaml" "# docs/build/kasmvnc.md\n"; } ]
      else
        [ ]
    )
    # The runtime looks for KasmVNC here; that it is there tells which display server the image has.
    ++ map (package: { path = "/opt/kasmix/kasmvnc"; link = "${package}"; }) display
    ++ map located (builtins.filter (file: !(builtins.elem file.path ownPaths)) common ++ files);
  };

  # A file of the workspace with its content as a store path of its own: a change of one file moves no other.
  located =
    file:
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

  common = import ./common/files.nix;
  ownPaths = map (file: file.path) files;
in
buildImage {
  name = "kasmix/${image}";
  layers = below.layers ++ displayLayers ++ [ { kind = "files"; layer = ownFiles; } ];
  config = import ./common/image-config.nix {
    inherit name title description volumes;
    # The runtime looks for KasmVNC there, and says so when it finds none.
    environment = below.environment // (if fromRelease then { KASMIX_KASMVNC = "/usr"; } else { }) // environment;
    labels = release.labels // below.labels;
  };
  timestamp = below.timestamp;
  sources = if fromSource then kasmvnc.sources else [ ];
}
