# Runs in the root filesystem beside dpkg, on another core: rewrites each package named on the command line without
# compression, and prints its name when it is done. dpkg does one thing at a time, and decompression would take a third
# of its time.
cd /.kasmix/debs

# The header of a member of an ar archive: name, size.
header() { printf '%-16s%-12s%-6s%-6s%-8s%-10s`\n' "$1" 0 0 0 100644 "$2"; }

for name; do
  dpkg-deb --ctrl-tarfile "$name.deb" > control.tar
  {
    printf '!<arch>\n'
    header debian-binary 4
    printf '2.0\n'
    header control.tar "$(stat -c %s control.tar)"
    cat control.tar
    header data.tar ''
  } > repacked
  start=$(stat -c %s repacked)
  dpkg-deb --fsys-tarfile "$name.deb" >> repacked
  # The size is known only now; its field is twelve bytes before the contents. A tar archive has an even size.
  printf %s $(($(stat -c %s repacked) - start)) | dd of=repacked bs=1 seek=$((start - 12)) conv=notrunc status=none
  rm "$name.deb"
  mv repacked "$name.deb"
  echo "$name"
done
