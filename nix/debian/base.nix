# The layers below a workspace's own files where its packages come from Debian: the packages of all workspaces, its own,
# and third-party software.
#
# In:  name, lock (a file of nix/locks/)
#      privileged  programs that keep their set-id bits and file capabilities
#      vendor  packages as vendor-files/layers.nix takes them; withoutVendor replaces them by stand-ins
# Out: the parts that workspace.nix puts together
{
  core,
  installPackages,
  layVendor,
  lockOf,
  native,
  nss,
  system,
  withoutVendor,
}:

{
  name,
  lock,
  privileged,
  vendor,
}:

let
  pinned = lockOf (baseNameOf lock);
  packages = installPackages {
    inherit name privileged;
    lock = pinned;
    below = core;
  };
in
{
  inherit native;
  files = [
    {
      path = "/usr/lib/${builtins.replaceStrings [ "linux" ] [ "linux-gnu" ] system}/libnss_kasmix.so.2";
      source = nss;
    }
  ];
  timestamp = pinned.archives.debian;
  layers = [
    { kind = "packages"; layer = core; }
    { kind = "packages"; layer = packages; }
  ]
  ++ layVendor {
    workspace = name;
    packages = vendor;
    standIn = withoutVendor;
  };
  # Says whether the third-party software is in the image.
  labels =
    if vendor == { } then
      { }
    else
      { "io.kasmix.vendor" = if withoutVendor then "stand-in" else "included"; };
  environment = { };
}
