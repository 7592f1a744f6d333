#!/bin/sh
# Evaluates the flake with whatever nix is on PATH, offline: what is pinned is not asked for anew, every output of Debian
# evaluates without an input, and all others on stand-ins for nixpkgs and KasmVNC. Needs nothing but nix and a shell, so
# that it also runs in a container with another version of Nix. The last line is "ok", with nix's version before it.
#
#   sh test/nix/flake.sh CHECKOUT     (its node_modules are not copied)
set -eu
checkout=$(cd "$1" && pwd)
# A folder that Nix may write to, where it is not installed: then the store is in it.
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
mkdir "$work/flake" "$work/home"
for part in nix src workspaces package-lock.json flake.nix flake.lock test/nix; do
  mkdir -p "$work/flake/$(dirname "$part")"
  cp -r "$checkout/$part" "$work/flake/$part"
done

export HOME="$work/home" NIX_USER_CONF_FILES=/dev/null NIX_PATH='' LC_ALL=C
unset NIX_CONFIG || true
if [ ! -w /nix/store ] && [ ! -S /nix/var/nix/daemon-socket/socket ]; then
  export NIX_STORE_DIR="$work/store" NIX_STATE_DIR="$work/state" NIX_LOG_DIR="$work/log" NIX_REMOTE=''
fi

# Of a resolver that answers nothing each attempt would take its time.
nix() {
  command nix --extra-experimental-features 'nix-command flakes' --option substitute false \
    --option download-attempts 1 --option connect-timeout 5 --option warn-dirty false "$@"
}

run() {
  title=$1
  shift
  if "$@" > "$work/output" 2>&1; then
    echo "$title"
  else
    echo "FAILED: $title" >&2
    cat "$work/output" >&2
    exit 1
  fi
}
unchanged() { cmp "$checkout/flake.lock" "$work/flake/flake.lock"; }

flake="path:$work/flake"
nix --version
run 'flake metadata: the lock is taken as it is' nix flake metadata "$flake"
run 'flake lock: nothing to do' nix flake lock "$flake"
run 'flake.lock is unchanged' unchanged
run 'flake show: all outputs are listed without an input' nix flake show "$flake"
for system in x86_64-linux aarch64-linux; do
  names=''
  for workspace in "$work"/flake/workspaces/*/; do
    name=$(basename "$workspace")
    # Packages of Debian that were not locked for these machines make no image there.
    if [ $system = x86_64-linux ] || [ -e "$work/flake/nix/locks/arm64/$name.json" ]; then names="$names \"$name\""; fi
  done
  run "$system$names, their up, load, copyTo and copyToRegistry: evaluate without an input" \
    nix eval --json "$flake#packages.$system" --apply "all: map (name: let image = all.\${name}; in
      map (part: part.drvPath) [ image image.up image.load image.copyTo image.copyToRegistry ]) [ $names ]"
  run "$system checks of what is compiled: evaluate without an input" nix eval --json "$flake#checks.$system" \
    --apply 'all: map (part: part.drvPath) [ all.devices all.runtime all.screenshot all.soundEncoder ]'
done
run 'flake check: every output evaluates on stand-ins for nixpkgs, KasmVNC and noVNC' \
  nix flake check --no-build --no-write-lock-file \
  --override-input nixpkgs "$flake/test/nix/nixpkgs" --override-input kasmvnc "$flake/test/nix/kasmvnc" \
  --override-input novnc "$flake/test/nix/kasmvnc" "$flake"
echo ok
