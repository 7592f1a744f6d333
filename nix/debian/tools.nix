# The few programs that builders need besides busybox, out of Debian's own packages: a C compiler for
# ownership.c, and GNU tar, which alone writes archives with sorted names, fixed times and numeric owners.
{ bootstrap, packages }:

let
  tree = bootstrap.run "build-tools" ./unpack.sh { debs = map bootstrap.debOf packages; };
in
{
  inherit tree;

  # The library that remembers owners; see ownership.c.
  ownership = bootstrap.run "ownership.so" ./compile.sh {
    inherit tree;
    source = ./ownership.c;
  };
}
