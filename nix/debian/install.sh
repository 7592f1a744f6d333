# Installs Debian packages into a root filesystem and writes the changes as a layer. Runs under busybox; Debian's own
# programs run in a chroot (nested user namespaces work in Nix's sandbox).
#
# In: debs, names   the packages and their names, in order     essential   names of the essential ones, if any
#     dependencies  packages that are not asked for by name     plan       steps for dpkg (see inside.sh)
#     below         layer to build on, or empty
#     inside, repack, emit  the scripts that run in the chroot    trim        dpkg's list of files to leave out
#     ownership     the library that remembers owners           tree        build tools
#     seal          finishes the layer (lib/seal.sh)
#     timestamp     latest time that a file may have           setup       script run after the packages, or empty
#     privileged    list of programs that keep their set-id bits and capabilities

# All of it needs mounts, so all of it runs as the root of namespaces of its own.
if [ "$(id -u)" != 0 ]; then exec unshare -U -r -m sh -eu "$0"; fi

root=$PWD/root
mkdir "$root" "$out"
# With 8 GB of free memory the root filesystem is in memory, which makes a build a quarter faster.
if [ "$(awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo)" -gt 8000000 ]; then
  mount -t tmpfs -o mode=0755,size=100% tmpfs "$root"
fi
mkdir -p "$root/.kasmix/debs" "$root/proc" "$root/dev" "$root/nix"
cp "$inside" "$root/.kasmix/inside.sh"
cp "$repack" "$root/.kasmix/repack.sh"
cp "$emit" "$root/.kasmix/emit.sh"
cp "$trim" "$root/.kasmix/trim.cfg"
cp "$plan" "$root/.kasmix/plan"
cp "$privileged" "$root/.kasmix/privileged"
cp "$ownership" "$root/.kasmix/ownership.so"
[ -z "$setup" ] || cp "$setup" "$root/.kasmix/setup.sh"
date -u -D '%Y%m%dT%H%M%SZ' -d "$timestamp" +%s > "$root/.kasmix/epoch"

# Each package gets a link under its plain name; the store is mounted in the chroot below.
set -- $names
for deb in $(cat "$debsPath"); do
  case " $essential " in
    *" $1 "*) echo "$deb" >> essential-debs ;;
  esac
  ln -s "$deb" "$root/.kasmix/debs/$1.deb"
  shift
done
echo "$essential" > "$root/.kasmix/essential"
echo "$dependencies" > "$root/.kasmix/dependencies"

# Everything older than this file is the layers below.
touch "$root/.kasmix/start"

# The first layer: the essential packages are unpacked by hand, so that their own dpkg can then install them.
if [ -z "$below" ]; then
  mkdir -p "$root/usr/bin" "$root/usr/sbin" "$root/usr/lib" "$root/usr/lib64"
  for name in bin sbin lib lib64; do ln -s "usr/$name" "$root/$name"; done
  root=$root xargs -P "$NIX_BUILD_CORES" -n 1 sh -c '
    ar p "$1" data.tar.xz | xz -d | tar x --no-same-permissions -C "$root" -f -
  ' unpack < essential-debs
  # dpkg does not unpack what trim.cfg excludes, but it does not remove it either. It creates the directories again.
  rm -rf "$root"/usr/share/doc "$root"/usr/share/man "$root"/usr/share/info "$root"/usr/share/lintian "$root"/usr/share/locale
  # The umask cut these modes, and dpkg leaves directories that exist as they are.
  chmod 1777 "$root/tmp" "$root/var/tmp"
fi

mount --rbind /dev "$root/dev"
mount --rbind /proc "$root/proc"
mount --rbind /nix "$root/nix"
if [ -n "$below" ]; then
  mkdir tools
  mount --rbind "$tree" tools
  mount --rbind "$root/.kasmix" tools/.kasmix
  mount --rbind "$PWD" tools/build
  LD_PRELOAD=/.kasmix/ownership.so chroot tools /usr/bin/tar x -p -C /build/root -f - < "$below/layer.tar"
  tar t -f "$below/layer.tar" > "$root/.kasmix/below"
  touch "$root/.kasmix/start"
fi

inside() {
  chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TZ=UTC LC_ALL=C.UTF-8 \
    SOURCE_DATE_EPOCH="$(cat "$root/.kasmix/epoch")" /bin/sh -eu "/.kasmix/$1"
}
inside inside.sh
inside emit.sh > "$out/layer.tar"
mv "$root/.kasmix/translations.tar" "$out"
. "$seal"
