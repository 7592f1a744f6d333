# Runs $command as nixpkgs' runCommand would, with the shell and the tools of the system in $root.
export out root command
unshare -U -r -m sh -eu -c '
  mkdir system
  mount --rbind "$root" system
  mount --rbind /nix/store system/nix/store
  mount --rbind /dev system/dev
  mount -t tmpfs none system/tmp
  PATH=/usr/bin:$(cd system && echo usr/lib/*/glib-2.0 | sed s,^,/,)
  export PATH
  chroot system /usr/bin/bash -e "$command"
'
