# Runs in the root filesystem, as its root: installs the packages of /.kasmix/plan by dpkg, in apt's order.
# A line of the plan is "unpack NAMES" or "configure NAMES".
exec < /dev/null
umask 022
cd /
export DEBIAN_FRONTEND=noninteractive DEBCONF_NONINTERACTIVE_SEEN=true

echo /.kasmix/ownership.so > /etc/ld.so.preload

mkdir -p /var/lib/dpkg/info /var/lib/dpkg/updates /etc/dpkg/dpkg.cfg.d
touch /var/lib/dpkg/status /var/lib/dpkg/available
[ -e /etc/dpkg/dpkg.cfg.d/kasmix-trim ] || cp /.kasmix/trim.cfg /etc/dpkg/dpkg.cfg.d/kasmix-trim
# Nothing here needs to survive a power cut: Nix discards a failed build. Translations are unpacked and put aside
# (emit.sh); dpkg reads this file after kasmix-trim.
printf '%s\n' force-unsafe-io 'path-include=/usr/share/locale/*' > /etc/dpkg/dpkg.cfg.d/kasmix-while-building
# Maintainer scripts must not start services.
printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
chmod 0755 /usr/sbin/policy-rc.d

# dpkg's output is long; only a failure shows it.
run() { "$@" >> /.kasmix/log 2>&1 || { status=$?; tail -n 60 /.kasmix/log >&2; exit "$status"; }; }

mkfifo /.kasmix/repacked
sh -eu /.kasmix/repack.sh $(sed -n 's/^unpack //p' /.kasmix/plan) > /.kasmix/repacked &
exec 3< /.kasmix/repacked

# Unpacks a few packages at a time, as soon as they are repacked, which happens in the same order.
unpack() {
  while [ $# -gt 0 ]; do
    files=''
    while [ $# -gt 0 ] && [ "${#files}" -lt 1000 ]; do
      read -r ready <&3
      [ "$ready" = "$1" ]
      files="$files /.kasmix/debs/$1.deb"
      shift
    done
    run dpkg --unpack $files
    rm $files
  done
}

essential=$(cat /.kasmix/essential)
if [ -n "$essential" ]; then
  # Their dependencies are met only when all are installed, as in every Debian bootstrap.
  run dpkg --force-depends --install $(for name in $essential; do echo "/.kasmix/debs/$name.deb"; done)
fi
while read -r step list; do
  case $step in
    unpack) unpack $list ;;
    configure) run dpkg --configure $list ;;
  esac
done < /.kasmix/plan
run dpkg --configure --pending
run dpkg --audit
# apt would have recorded this: autoremove then knows which packages were asked for.
dependencies=$(cat /.kasmix/dependencies)
if [ -n "$dependencies" ]; then run apt-mark auto $dependencies; fi
if [ -e /.kasmix/setup.sh ]; then run sh -eu /.kasmix/setup.sh; fi

rm /etc/dpkg/dpkg.cfg.d/kasmix-while-building /usr/sbin/policy-rc.d /etc/ld.so.preload
