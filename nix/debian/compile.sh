# Compiles C files with the compiler of $tree into $out.
#
# In: sources  the files; headers among them lie beside the others    flags  for the compiler    tree  build tools
mkdir source
for file in $sources; do cp "$file" "source/${file#*-}"; done
export tree flags out
exec unshare -U -r -m sh -eu -c '
  mkdir /build/root
  mount --rbind "$tree" /build/root
  mount --rbind /build /build/root/build
  chroot /build/root /usr/bin/tcc -Wall -Werror -o /build/compiled /build/source/*.c $flags
  cp /build/compiled "$out"
'
