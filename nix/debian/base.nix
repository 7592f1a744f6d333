# The layers below a workspace's own files where its packages come from Debian: the packages of all workspaces, its own,
# and third-party software.
#
# In:  name, lock (a file of nix/locks/)
#      privileged  programs that keep their set-id bits and file capabilities
#      languages  whose translations of the packages are in the image
#      vendor  packages as vendor-files/layers.nix takes them; withoutVendor replaces them by stand-ins
# Out: the parts that workspace.nix puts together
{
  bootstrap,
  core,
  fetch,
  installPackages,
  layFiles,
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
  languages,
  vendor,
}:

let
  pinned = lockOf (baseNameOf lock);
  packages = installPackages {
    inherit name privileged;
    lock = pinned;
    below = core;
  };
  translations = layFiles {
    name = "${name}-translations";
    files = [
      {
        path = "/usr/share/locale";
        source = bootstrap.run "${name}-translations" ./translations.sh {
          inherit languages;
          layers = [ core packages ];
        };
      }
    ];
  };
  # Of the same day as the packages of the image, so that all fit together.
  sources = builtins.toFile "debian.sources" (
    builtins.concatStringsSep "\n" (
      map (
        { archive, suites }:
        ''
          Types: deb
          URIs: ${fetch.debianRoot}/${archive}/${pinned.archives.${archive}}
          Suites: ${suites}
          Components: main
          Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
          Check-Valid-Until: no
        ''
      ) [
        { archive = "debian"; suites = "${pinned.suite} ${pinned.suite}-updates"; }
        { archive = "debian-security"; suites = "${pinned.suite}-security"; }
      ]
    )
  );
in
{
  inherit native;
  files = [
    { path = "/etc/apt/sources.list.d/debian.sources"; source = sources; }
    # Where a container has no capabilities, root cannot become apt's own user.
    { path = "/etc/apt/apt.conf.d/kasmix"; source = builtins.toFile "apt.conf" "APT::Sandbox::User \"root\";\n"; }
    # xarchiver's part of Thunar's menus is where older versions of it looked.
    {
      path = "/usr/libexec/thunar-archive-plugin/xarchiver.tap";
      link = "/usr/lib/thunar-archive-plugin/xarchiver.tap";
    }
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
  ++ (if languages == [ ] then [ ] else [ { kind = "files"; layer = translations; } ])
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
