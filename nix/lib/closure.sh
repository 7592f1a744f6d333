# Writes the layers of a closure (see closure.nix). Everything belongs to root and has the store's one time; who else
# has the same paths gets the same bytes.
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

# GNU tar runs in a chroot, into which the store comes by a mount: that needs to be root of namespaces of one's own.
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
    # Nix may have made equal files one file with several names. The folder of the store itself has different rights on
    # different machines, so another one is written. All at once: to append, tar would take the older format that short
    # names look like, which has no room for long ones.
    chroot tools /usr/bin/tar --create --file=/build/layer.tar --no-recursion --numeric-owner --owner=0 --group=0 \
      --mtime=@1 --hard-dereference --format=pax \
      --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime \
      --directory=/build/skeleton nix nix/store --directory=/build/root --null --files-from=/build/files
    mv layer.tar "$out/$number/layer.tar"
  done
'
for number in $(cat "$out/order"); do (out=$out/$number && . "$seal"); done
