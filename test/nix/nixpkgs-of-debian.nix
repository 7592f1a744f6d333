# Stands in for nixpkgs with packages that run: Debian's files, laid out as nixpkgs lays out packages. So everything that
# Kasmix makes of nixpkgs' packages is built and booted for real: the tree of links, /etc, the closures, the environment.
# What differs is the programs themselves, which look for their libraries at Debian's paths (`files`).
#
# Out: packagesFor, as nix/default.nix takes it; files, which the image needs besides
{ parts, lock }:

let
  inherit (parts) bootstrap core installPackages;
  run = name: script: bootstrap.run name (builtins.toFile "script.sh" script);

  root = run "debian-root" ''
    mkdir "$out"
    for layer in $layers; do tar x --no-same-permissions -C "$out" -f "$layer/layer.tar"; done
    chmod -R u+w "$out"
    mkdir -p "$out/nix/store" "$out/dev" "$out/tmp"
  '' { layers = [ core (installPackages { name = "desktop"; inherit lock; below = core; }) ]; };

  libraries = "${root}/usr/lib/x86_64-linux-gnu";

  all = run "debian-package" ''
    mkdir -p "$out/bin" "$out/etc/ssl/certs" "$out/lib/gdk-pixbuf-2.0/2.10.0"
    ln -s "$root"/usr/bin/* "$out/bin"
    ln -sf "$root/usr/bin/Xtigervnc" "$out/bin/Xvnc"
    ln -s "$root/usr/share" "$out/share"
    ln -s "$root/etc/xdg" "$out/etc/xdg"
    ln -s "$root/etc/ssl/certs/ca-certificates.crt" "$out/etc/ssl/certs/ca-bundle.crt"
    ln -s "$libraries/libnss_wrapper.so" "$out/lib"
    ln -s "$libraries/gdk-pixbuf-2.0/2.10.0/loaders.cache" "$out/lib/gdk-pixbuf-2.0/2.10.0"
  '' { inherit root libraries; };
  nothing = run "nothing" ''mkdir "$out"'' { };

  # By nixpkgs' names; one of them has all files.
  asPackage =
    package:
    package
    // {
      meta.outputsToInstall = [ "out" ];
      bin = package;
      dev = package;
      override = _: asPackage package;
      binaryDir = "lib/gdk-pixbuf-2.0/2.10.0";
    };
  session = import ../../nix/nixpkgs/session.nix { system = "x86_64-linux"; };
  tools = [ "desktop-file-utils" "gdk-pixbuf" "glib" "shared-mime-info" ];
  full = [ "coreutils" "librsvg" "xterm" ] ++ map (program: builtins.head (builtins.split "[./]" program)) (builtins.attrValues session.programs);
  named = package: names: builtins.listToAttrs (map (name: { inherit name; value = asPackage package; }) names);

  runCommand =
    name: environment: script:
    bootstrap.run name ./run-in-debian.sh (environment // { inherit root; command = builtins.toFile "command.sh" script; });
in
{
  packagesFor =
    _:
    named nothing (session.packages ++ tools)
    // named all full
    // {
      inherit runCommand;
      # Those that were compiled against Debian's libraries are the right ones here.
      runCommandCC = name: _: _: { "devices.so" = parts.devices; "sound-encoder" = parts.soundEncoder; "hide-secrets" = parts.hideSecrets; "undumpable.so" = parts.undumpable; inherit (parts) screenshot; }.${name};
      makeFontsConf = _: "${root}/etc/fonts/fonts.conf";
    };

  # What Debian's programs look for at Debian's paths, where nixpkgs' look in their own packages.
  files =
    map (path: { inherit path; link = "${root}${path}"; }) [
      "/etc/alternatives"
      "/etc/fonts/conf.d"
      "/etc/ssl/openssl.cnf"
      "/usr/lib/firefox-esr"
      "/usr/lib/pulse-17.0+dfsg1"
      "/usr/lib/ssl"
      "/usr/lib/x86_64-linux-gnu"
      "/usr/libexec"
      "/usr/share/X11/locale"
      "/usr/share/fontconfig"
      "/usr/share/gtk-3.0"
      "/usr/share/nodejs"
      "/usr/share/perl"
      "/usr/share/perl5"
      "/usr/share/terminfo"
      "/usr/share/xfwm4"
    ]
    ++ [ { path = "/lib64"; link = "${root}/usr/lib64"; } ];
}
