# Writes the layers of a closure (see closure.nix). Everything belongs to root and has the store's time: the same paths
# give the same bytes everywhere.
mkdir -p "$out" root/nix/store skeleton/nix/store tools
awk -f "$popularity" graph-* | sort -k 1,1nr -k 2,2 | cut -d ' ' -f 2 > wanted
: > taken
for layers in $below; do
  for number in $(cat "$layers/order"); do cat "$layers/$number/paths" >> taken; done
done
# To busybox's grep a list without patterns would match everything.
if [ -s taken ]; then
  grep -F -x -v -f taken wanted > rest || true
  mv rest wanted
fi

# The list of each layer: one path each for the popular, all others in the last.
mkdir lists
total=$(wc -l < wanted)
index=0
while read -r path; do
  index=$((index + 1))
  if [ "$total" -gt "$limit" ] && [ "$index" -ge "$limit" ]; then number=$limit; else number=$index; fi
  echo "$path" >> "lists/$(printf %03d "$number")"
done < wanted
ls lists > "$out/order"

# GNU tar runs in a chroot with the store mounted, which takes root in namespaces of its own.
export tree out seal
unshare -U -r -m sh -eu -o pipefail -c '
  mount --rbind /nix/store root/nix/store
  mount --rbind "$tree" tools
  mount --rbind "$PWD" tools/build
  chmod 755 skeleton/nix skeleton/nix/store
  for number in $(ls lists); do
    mkdir "$out/$number"
    sort "lists/$number" > "$out/$number/paths"
    sed "s|^/|./|" "$out/$number/paths" | while read -r path; do
      (cd root && find "${path#./}" -print0)
    done | sort -z > files
    # Hard links are written as files: Nix may have linked equal files. The folder of the store has different permissions
    # on different machines, so skeleton/ has another. All in one run: when it appends, tar takes the older format that
    # short names look like, which has no room for long ones.
    chroot tools /usr/bin/tar --create --file=/build/layer.tar --no-recursion --numeric-owner --owner=0 --group=0 \
      --mtime=@1 --hard-dereference --format=pax \
      --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime \
      --directory=/build/skeleton nix nix/store --directory=/build/root --null --files-from=/build/files
    mv layer.tar "$out/$number/layer.tar"
  done
'
for number in $(cat "$out/order"); do (out=$out/$number && . "$seal"); done
