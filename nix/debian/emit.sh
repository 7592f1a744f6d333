# Runs in the root filesystem: removes what differs from build to build, moves translations to
# /.kasmix/translations.tar, then writes every file that is new or changed since /.kasmix/start as a tar to standard
# output, the same bytes for the same files.
umask 022
cd /

# A tar of the files of a list.
pack() {
  LD_PRELOAD=/.kasmix/ownership.so tar --create --no-recursion --null --files-from="$1" \
    --format=pax --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime \
    --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" --clamp-mtime --xattrs --xattrs-include=security.capability
}

# What trim.cfg leaves out of /usr/share/locale; each workspace has the languages that it names (translations.sh).
find ./usr/share/locale -mindepth 1 ! -type d -path './usr/share/locale/*.*' ! -name locale.alias -print0 |
  sort -z > /.kasmix/translations
pack /.kasmix/translations > /.kasmix/translations.tar
xargs -0 -r rm < /.kasmix/translations

# Logs, backups of edits, caches of indexes, and whatever belongs to one machine.
find /run -mindepth 1 ! -path /run/lock -delete
rm -rf /tmp/* /var/tmp/* /var/cache/apt/*.bin /var/lib/apt/lists/* /var/cache/ldconfig/aux-cache
rm -f /var/log/dpkg.log /var/log/alternatives.log /var/log/bootstrap.log /var/log/apt/* /var/log/fontconfig.log
rm -f /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow- /etc/subuid- /etc/subgid- /etc/.pwd.lock
rm -f /var/lib/dpkg/*-old /var/lib/dpkg/lock /var/lib/dpkg/lock-frontend /var/lib/dpkg/triggers/Lock
rm -f /var/cache/debconf/*-old /var/lib/dbus/machine-id /etc/ssh/ssh_host_*
rm -f /etc/ssl/private/ssl-cert-snakeoil.key /etc/ssl/certs/ssl-cert-snakeoil.pem
if [ -d /etc/ssl/certs ]; then find /etc/ssl/certs -lname ssl-cert-snakeoil.pem -delete; fi
# Everyone who has the image would know these keys.
rm -f /etc/bind/rndc.key /var/lib/rabbitmq/.erlang.cookie
rm -f /usr/share/emacs/site-lisp/elpa/*/Install.log.gz
if [ -e /etc/machine-id ]; then : > /etc/machine-id; fi
find /var/log -type f -newer /.kasmix/start -exec truncate -s 0 {} +
# Java's keystore has the time at which each certificate was added, and a digest over all of it at its end.
keystore=/etc/ssl/certs/java/cacerts
if [ -e "$keystore" ]; then
  perl -MDigest::SHA=sha1 -0777 -i -pe '
    my ($count, $at) = (unpack("x8 N", $_), 12);
    for my $entry (1 .. $count) {
      $at += 4; # kind of entry, always a certificate
      $at += 2 + unpack("n", substr($_, $at)); # name
      substr($_, $at, 8) = pack("Q>", $ENV{SOURCE_DATE_EPOCH} * 1000);
      $at += 8;
      $at += 2 + unpack("n", substr($_, $at)); # type
      $at += 4 + unpack("N", substr($_, $at)); # certificate
    }
    die "cacerts is not a keystore of certificates" unless $at + 20 == length;
    substr($_, $at) = sha1("\0c\0h\0a\0n\0g\0e\0i\0t", "Mighty Aphrodite", substr($_, 0, $at));
  ' "$keystore"
fi

# A cache of fonts counts while its folder has the time for which it was made, and no time in a layer is later than this.
# Without it, all programs of a new desktop read all fonts at once.
if command -v fc-cache > /dev/null; then
  find /usr/share/fonts -type d -newermt "@$SOURCE_DATE_EPOCH" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
  fc-cache --system-only >&2
fi

# A whiteout, as in the OCI image layout, for each file of the layers below that is gone.
if [ -e /.kasmix/below ]; then
  while IFS= read -r file; do
    file=${file#./} file=${file%/}
    if [ ! -e "$file" ] && [ ! -L "$file" ] && [ -d "$(dirname "$file")" ]; then
      : > "$(dirname "$file")/.wh.$(basename "$file")"
    fi
  done < /.kasmix/below
fi

# --sort would sort only within a directory; a list in byte order gives one order for everything.
find . -mindepth 1 \( -path ./.kasmix -o -path ./proc -o -path ./dev -o -path ./nix \) -prune -o -cnewer /.kasmix/start -print0 |
  sort -z > /.kasmix/files
export LD_PRELOAD=/.kasmix/ownership.so

# No program gains privileges that its caller lacks, except those that the workspace asks for.
files() { find -files0-from /.kasmix/files -maxdepth 0 -type f "$@"; }
files -perm /6000 > /.kasmix/set-id
# File capabilities are given by setcap, which comes with getcap.
if command -v getcap > /dev/null; then
  files -perm /111 -exec getcap {} + | sed -E 's/ (cap_|=).*//' > /.kasmix/capable
else
  : > /.kasmix/capable
fi
cat /.kasmix/set-id /.kasmix/capable > /.kasmix/gaining
gaining=$(cat /.kasmix/gaining)
plain=$(grep -vFxf /.kasmix/gaining /.kasmix/privileged || true)
if [ -n "$plain" ]; then
  {
    echo "These programs of \`privileged\` have no set-id bit and no file capability:" $plain
    echo "Remove them. Programs of the workspace's packages that have one:" ${gaining:-none}
  } | sed 's| \./| /|g' >&2
  exit 1
fi
grep -vFxf /.kasmix/privileged /.kasmix/set-id | tr '\n' '\0' | xargs -0 -r chmod a-s
grep -vFxf /.kasmix/privileged /.kasmix/capable | tr '\n' '\0' | xargs -0 -r -n 1 setcap -r

pack /.kasmix/files
