# Unpacks .debs side by side into $out, without configuring them.
# In: debs. Out: a tree with merged /usr, to be entered by chroot.
mkdir -p "$out/usr/bin" "$out/usr/sbin" "$out/usr/lib" "$out/usr/lib64"
for name in bin sbin lib lib64; do ln -s "usr/$name" "$out/$name"; done
mkdir "$out/build" "$out/.kasmix"
echo $debs | tr ' ' '\n' | xargs -P "$NIX_BUILD_CORES" -n 1 sh -c '
  ar p "$1" data.tar.xz | xz -d | tar x --no-same-permissions -C "$out" -f -
' unpack
rm -rf "$out/usr/share"
