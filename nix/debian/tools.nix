# The programs that builders need besides busybox, out of Debian's own packages: a C compiler with the headers and
# libraries of what is compiled here, and GNU tar, which alone writes archives with sorted names, fixed times and
# numeric owners.
{ bootstrap, packages }:

let
  tree = bootstrap.run "build-tools" ./unpack.sh { debs = map bootstrap.debOf packages; };

  # Compiles C files, with headers beside them, into one program or library.
  compile = name: flags: sources: bootstrap.run name ./compile.sh { inherit flags sources tree; noExecStack = ./no-exec-stack.c; };
in
{
  inherit tree compile;

  # The library that remembers owners; see ownership.c.
  ownership = compile "ownership.so" [ "-shared" ] [ ./ownership.c ];
}
