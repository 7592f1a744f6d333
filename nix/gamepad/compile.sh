# Compiles the library of this folder into $out with the compiler of $tree.
mkdir source
for file in $sources; do cp "$file" "source/${file#*-}"; done
tree=$tree exec unshare -U -r -m sh -eu -c '
  mkdir /build/root
  mount --rbind "$tree" /build/root
  mount --rbind /build /build/root/build
  chroot /build/root /usr/bin/tcc -shared -Wall -Werror -o /build/library.so /build/source/paths.c /build/source/controls.c
  cp /build/library.so "$out"
'
