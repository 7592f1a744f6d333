# Compiles C files with the compiler of $tree into $out.
#
# In: sources  the files; headers among them lie beside the others    flags  for the compiler    tree  build tools
#     noExecStack  what is run on libraries
mkdir source
cp "$noExecStack" no-exec-stack.c
for file in $sources; do cp "$file" "source/${file#*-}"; done
export tree flags out
exec unshare -U -r -m sh -eu -c '
  mkdir /build/root
  mount --rbind "$tree" /build/root
  mount --rbind /build /build/root/build
  chroot /build/root /usr/bin/tcc -Wall -Werror -o /build/compiled /build/source/*.c $flags
  case " $flags " in
    *" -shared "*) chroot /build/root /usr/bin/tcc -run /build/no-exec-stack.c /build/compiled ;;
  esac
  cp /build/compiled "$out"
'
