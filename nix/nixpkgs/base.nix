# The layers below a workspace's own files where its packages come from nixpkgs: the closure of the session, which all
# such workspaces share, the closure of its own packages, and a layer of links that makes a system of them.
#
# In:  name      of the image
#      packages  attribute paths
#      unfree    names of the packages that may have an unfree licence
#      programs  what lies at a path of the image: { "/usr/bin/browser" = "firefox/bin/firefox"; }
# Out: the parts that workspace.nix puts together, and skeleton for the tests
{
  system,
  packagesFor,
  layClosure,
  layFiles,
  timestamp,
}:

{
  name,
  packages,
  unfree ? [ ],
  programs ? { },
}:

let
  pkgs = packagesFor unfree;
  session = import ./session.nix { inherit system; };
  etc = import ./etc.nix;
  native = import ./native.nix { inherit pkgs; };
  find = import ./find.nix { inherit pkgs; workspace = name; };
  makeSkeleton = import ./skeleton.nix { inherit pkgs; };

  pixbufLoaders = "/usr/lib/gdk-pixbuf-loaders.cache";

  # Links to files of packages: { path, target } for each path of `programs`.
  linksTo =
    programs:
    map (
      path:
      let
        parts = builtins.match "([^/]+)/(.+)" programs.${path};
      in
      if parts == null then
        throw "The workspace ${name} has ${programs.${path}} for ${path}; write the package and the file in it: firefox/bin/firefox"
      else
        {
          inherit path;
          target = "${find (builtins.elemAt parts 0)}/${builtins.elemAt parts 1}";
        }
    ) (builtins.attrNames programs);
  sessionLinks = linksTo session.programs ++ [
    { path = pixbufLoaders; target = "${pkgs.librsvg}/${pkgs.gdk-pixbuf.binaryDir}/loaders.cache"; }
  ];
  ownLinks = linksTo programs;
  # No image has the session's skeleton by itself: it is here for its closure, which all images share.
  sessionSkeleton = makeSkeleton {
    name = "session";
    packages = map find session.packages;
    links = sessionLinks;
  };
  skeleton = makeSkeleton {
    inherit name;
    # The first of two files with the same path wins, so the workspace's packages come first.
    packages = map find (packages ++ session.packages);
    links = ownLinks ++ builtins.filter (link: !(programs ? ${link.path})) sessionLinks;
  };

  # The folders of the root that the skeleton has, by name and each once.
  topOf = link: builtins.head (builtins.match "/([^/]+)/.*" link.path);
  tops = builtins.attrNames (
    { etc = true; usr = true; }
    // builtins.listToAttrs (map (link: { name = topOf link; value = true; }) ownLinks)
  );

  shared = layClosure {
    name = "session";
    paths = [ sessionSkeleton ] ++ builtins.attrValues native;
    limit = 60;
  };
  own = layClosure {
    inherit name;
    paths = [ skeleton ];
    below = [ shared ];
    limit = 20;
  };
  systemLayer = layFiles {
    name = "${name}-system";
    inherit (etc) directories;
    files = map (top: { path = "/${top}"; source = "${skeleton}/${top}"; }) tops ++ etc.files;
  };
in
{
  inherit native timestamp skeleton;
  files = [ ];
  layers = [
    { kind = "closure"; layer = shared; }
    { kind = "closure"; layer = own; }
    { kind = "files"; layer = systemLayer; }
  ];
  labels = { "io.kasmix.base" = "nixpkgs"; };
  environment = {
    GDK_PIXBUF_MODULE_FILE = pixbufLoaders;
    NIX_SSL_CERT_FILE = "/etc/ssl/certs/ca-certificates.crt";
    SSL_CERT_FILE = "/etc/ssl/certs/ca-certificates.crt";
    TZDIR = "/usr/share/zoneinfo";
    XCURSOR_PATH = "/usr/share/icons";
  };
}
