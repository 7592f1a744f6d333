# What lies below a workspace's own files where its packages come from Debian: those that all workspaces have, its own,
# and what vendors hand out.
#
# In:  name, lock (a file of nix/locks/)
#      vendor  packages as vendor/layers.nix takes them; withoutVendor puts stand-ins in their place
# Out: what workspace.nix puts together
{
  core,
  installPackages,
  layVendor,
  lockOf,
  gamepad,
  screenshot,
  soundEncoder,
  withoutVendor,
}:

{
  name,
  lock,
  vendor,
}:

let
  pinned = lockOf (baseNameOf lock);
  packages = installPackages {
    inherit name;
    lock = pinned;
    below = core;
  };
in
{
  inherit gamepad screenshot soundEncoder;
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
  # Tells of an image whether the vendors' software is in it.
  labels =
    if vendor == { } then
      { }
    else
      { "io.kasmix.vendor" = if withoutVendor then "stand-in" else "included"; };
  environment = { };
}
