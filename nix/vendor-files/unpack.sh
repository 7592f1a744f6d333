# Unpacks a vendor's file and writes its contents as a layer (see layers.nix). All files belong to root and are readable
# by everyone, whatever the archive says; none has a set-id bit. Nothing of an archive is run.
#
# In: package, archive, format, directory, strip, programsPath    tree  build tools    sevenZip    seal

# The chroot needs mounts, so all of it runs as the root of namespaces of its own.
if [ "$(id -u)" != 0 ]; then exec unshare -U -r -m sh -eu "$0"; fi
set -o pipefail
umask 022

fail() {
  echo "$package: $1" >&2
  exit 1
}

mkdir unpacked root tools "$out"
mount --rbind "$tree" tools
mount --rbind "$PWD" tools/build

# GNU tar refuses "..", removes a leading slash, and creates links that lead outside last, so that no file is written
# through them.
untar() {
  chroot tools /usr/bin/tar --extract --file=- --directory=/build/unpacked --no-same-owner --no-same-permissions
}

unpackDeb() {
  data=$(ar t "$archive" | sed 's|/$||' | grep '^data\.tar' | head -n 1) || fail "the file is not a Debian package"
  ar p "$archive" "$data" > "$data"
  case $data in
    *.xz) xz -d < "$data" | untar ;;
    *.gz) gunzip < "$data" | untar ;;
    *.bz2) bunzip2 < "$data" | untar ;;
    *.zst) "$sevenZip" x -bd -bso0 -so "$data" | untar ;;
    data.tar) untar < "$data" ;;
    *) fail "the compression of $data is not supported" ;;
  esac
}

# 7-Zip would remove ".." from a name instead of refusing it. It creates links last, too; -snld20 lets it create those
# that go up, which are checked below like all others.
unpackZip() {
  if "$sevenZip" l -tzip -slt -ba "$archive" | sed -n 's/^Path = //p' | grep -E '(^|/)\.\.(/|$)' > outside; then
    fail "a name in the archive leads outside: $(head -n 1 outside)"
  fi
  "$sevenZip" x -tzip -snld20 -bd -bso0 -y -ounpacked "$archive"
}

case $format in
  deb) unpackDeb ;;
  tar.gz) gunzip < "$archive" | untar ;;
  tar.xz) xz -d < "$archive" | untar ;;
  zip) unpackZip ;;
esac || fail "the file cannot be unpacked as $format"
chmod -R u=rwX,go=rX,a-st unpacked

# Puts what lies $strip folders deep into $1.
place() {
  mkdir -p "$1"
  find unpacked -mindepth $((strip + 1)) -maxdepth $((strip + 1)) -print0 > entries
  [ -s entries ] || fail "without $strip leading folders nothing is left; at the top are: $(ls unpacked | head -n 9 | tr '\n' ' ')"
  xargs -0 -n 1 sh -eu -c '
    target=$0/$(basename "$1")
    if [ -e "$target" ] || [ -L "$target" ]; then
      echo "two folders hold $(basename "$1"): strip fewer" >&2
      exit 1
    fi
    mv "$1" "$target"
  ' "$1" < entries
}

if [ "$format" = deb ]; then
  base=root
  rmdir root
  mv unpacked root
  # In the image they are links into /usr.
  for name in bin sbin lib lib64; do
    if [ -d "root/$name" ] && [ ! -L "root/$name" ]; then
      mkdir -p "root/usr/$name"
      cp -a "root/$name/." "root/usr/$name/"
      rm -r "root/$name"
    fi
  done
else
  base=root$directory
  place "$base"
fi

for path in dev proc sys tmp run root home/kasm-user opt/kasmix; do
  if [ -e "root/$path" ] || [ -L "root/$path" ]; then fail "it has files in /$path, where no package may put files"; fi
done
odd=$(find root ! -type f ! -type d ! -type l -o -name '.wh.*' | head -n 1)
[ -z "$odd" ] || fail "/${odd#root/} is not a file, folder or link that an image can have"

# No link may lead out of the archive's folder, or above the root. Those of a Debian package may be absolute.
(
  cd "$base"
  find . -type l -print0 | xargs -0 -r -n 1 sh -eu -c '
    target=$(readlink "$1")
    depth=$(dirname "$1" | tr -cd / | wc -c)
    case $target in
      /*)
        if [ "$0" = deb ]; then exit 0; fi
        depth=-1
        target=
        ;;
    esac
    set -f
    IFS=/
    for part in $target; do
      case $part in
        "" | .) ;;
        ..) depth=$((depth - 1)) ;;
        *) depth=$((depth + 1)) ;;
      esac
      if [ "$depth" -lt 0 ]; then break; fi
    done
    if [ "$depth" -lt 0 ]; then
      echo "the link $1 leads outside, to $(readlink "$1")" >&2
      exit 1
    fi
  ' "$format"
) || fail "the archive is refused"

# A zip may have no modes: make the programs executable.
while read -r program; do
  file=$program hops=0
  while [ -L "root$file" ] && [ "$hops" -lt 20 ]; do
    target=$(readlink "root$file") hops=$((hops + 1))
    case $target in
      /*) file=$target ;;
      *) file=$(dirname "$file")/$target ;;
    esac
  done
  if [ ! -f "root$file" ]; then
    others=$(find root -type f -perm -100 ! -name '*.so*' | sed 's|^root||' | sort | head -n 9 | tr '\n' ' ')
    fail "it has no program $program; it has: ${others:-none}"
  fi
  chmod 755 "root$file"
done < "$programsPath"

# GTK would trust the cache of a lower layer, which lacks these icons; without one it searches the folders.
for theme in root/usr/share/icons/*/; do
  if [ -d "$theme" ] && [ ! -e "$theme/icon-theme.cache" ]; then : > "$theme/.wh.icon-theme.cache"; fi
done

(cd root && find . -mindepth 1 -print0) | sort -z > files
chroot tools /usr/bin/tar --create --file=- --directory=/build/root --no-recursion --null --files-from=/build/files \
  --numeric-owner --owner=0 --group=0 --mtime=@1 \
  --format=pax --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime > "$out/layer.tar"
. "$seal"
