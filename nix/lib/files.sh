# Writes a layer of single files (see files.nix). Two archives in one: the files of root, then those of kasm-user,
# because the sandbox has only one owner. The group of both is 0, the group of arbitrary user ids.
mkdir root "$out"
tab=$(printf '\t')
while IFS="$tab" read -r kind path mode owner source; do
  target=root$path
  mkdir -p "$(dirname "$target")"
  case $kind in
    directory) mkdir -p "$target" && chmod "$mode" "$target" ;;
    link) ln -s "$source" "$target" ;;
    file)
      # Nix's store keeps only whether a file is executable; files inside a directory keep that.
      cp -r "$source" "$target"
      chmod -R u+w "$target"
      if [ -f "$target" ]; then chmod "$mode" "$target"; fi
      ;;
  esac
  if [ "$owner" = kasm-user ]; then echo ".$path" >> users; fi
done < "$instructionsPath"

cd root
find . -mindepth 1 ! -type d -o -type d -perm -1000 | sort > ../all
# Directories are written as well, and each line once.
find . -mindepth 1 -type d | sort > ../directories
cd ..
sort -u all directories > everything
# To busybox's grep a list without patterns would match everything.
if [ -e users ]; then
  grep -F -x -f users everything > of-user || true
  grep -F -x -v -f users everything > of-root || true
else
  touch of-user
  cp everything of-root
fi

export tree out
unshare -U -r -m sh -eu -c '
  mkdir tools
  mount --rbind "$tree" tools
  mount --rbind "$PWD" tools/build
  # --no-unquote: tar would read a backslash in a list as in C.
  write() {
    chroot tools /usr/bin/tar --create --file="/build/$1" --directory=/build/root --no-recursion --numeric-owner \
      --owner="$2" --group=0 --mtime=@1 --format=pax \
      --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime --no-unquote --files-from="/build/$3"
  }
  write layer.tar 0 of-root
  if [ -s of-user ]; then
    # Joined and not appended: when it appends, tar takes the older format that short names look like.
    write user.tar 1000 of-user
    chroot tools /usr/bin/tar --concatenate --file=/build/layer.tar /build/user.tar
  fi
'
mv layer.tar "$out/layer.tar"
. "$seal"
