# Writes a layer of single files (see files.nix). Two archives in one: the files of root, then those of kasm-user,
# because the sandbox itself has only one owner to give. The group of both is 0: that is what arbitrary user ids have.
mkdir root "$out"
tab=$(printf '\t')
while IFS="$tab" read -r kind path mode owner source; do
  target=root$path
  mkdir -p "$(dirname "$target")"
  case $kind in
    directory) mkdir -p "$target" && chmod "$mode" "$target" ;;
    link) ln -s "$source" "$target" ;;
    file)
      # Nix's store knows no modes but "executable"; what is inside a directory keeps that.
      cp -r "$source" "$target"
      chmod -R u+w "$target"
      if [ -f "$target" ]; then chmod "$mode" "$target"; fi
      ;;
  esac
  if [ "$owner" = kasm-user ]; then echo ".$path" >> users; fi
done < "$instructionsPath"

cd root
find . -mindepth 1 ! -type d -o -type d -perm -1000 | sort > ../all
# Directories that were named, and those that lead to nothing else, are written as well.
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
  write() {
    chroot tools /usr/bin/tar --file=/build/layer.tar --directory=/build/root --no-recursion --numeric-owner --mtime=@1 \
      --format=pax --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime "$@"
  }
  write --create --owner=0 --group=0 --files-from=/build/of-root
  if [ -s of-user ]; then
    write --append --owner=1000 --group=0 --files-from=/build/of-user
  fi
'
mv layer.tar "$out/layer.tar"
. "$seal"
