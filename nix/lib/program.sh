# Compiles $source into the program $out with the compiler of $tree.
cp "$source" source.c
tree=$tree exec unshare -U -r -m sh -eu -c '
  mkdir /build/root
  mount --rbind "$tree" /build/root
  mount --rbind /build /build/root/build
  chroot /build/root /usr/bin/tcc -Wall -Werror -o /build/program /build/source.c
  cp /build/program "$out"
'
