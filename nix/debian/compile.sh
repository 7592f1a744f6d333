# Compiles $source into the shared library $out with the compiler of $tree.
cp "$source" source.c
tree=$tree exec unshare -U -r -m sh -eu -c '
  mkdir /build/root
  mount --rbind "$tree" /build/root
  mount --rbind /build /build/root/build
  chroot /build/root /usr/bin/tcc -shared -Wall -Werror -o /build/library.so /build/source.c
  cp /build/library.so "$out"
'
